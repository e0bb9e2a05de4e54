/// The checksum of ZIP, gzip and PNG (ISO 3309; polynomial 0xEDB88320, reflected).
package struct CRC32: Sendable {
    /// Eight tables: eight bytes a step ("slicing by 8"; M. Kounavis, F. Berry, "A Systematic Approach to Building High
    /// Performance Software-based CRC Generators", ISCC 2005).
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    private var state = UInt32.max

    package init() {}

    /// Of everything that was added.
    package var value: UInt32 { ~state }

    package mutating func update(_ bytes: Bytes) {
        var state = state
        Self.tables.withUnsafeBufferPointer { tables in
            bytes.withUnsafeBytes { raw in
                var index = 0
                while index + 8 <= raw.count {
                    let low = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)) ^ state
                    let high = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self))
                    var next: UInt32 = 0
                    for byte in 0..<4 {
                        next ^= tables[(7 - byte) * 256 + Int(low >> UInt32(8 * byte) & 0xFF)]
                        next ^= tables[(3 - byte) * 256 + Int(high >> UInt32(8 * byte) & 0xFF)]
                    }
                    state = next
                    index += 8
                }
                while index < raw.count {
                    state = state >> 8 ^ tables[Int((state ^ UInt32(raw[index])) & 0xFF)]
                    index += 1
                }
            }
        }
        self.state = state
    }
}
