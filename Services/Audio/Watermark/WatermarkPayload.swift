/// What a block carries: 64 bits of identifier and their CRC-32.
enum WatermarkPayload {
    static let identifierBits = 64
    static let bits = identifierBits + 32

    /// The bits of an identifier, highest first, and those of its checksum.
    static func bits(of identifier: UInt64) -> [Bool] {
        let checksum = checksum(identifier)
        return (0..<64).map { identifier >> UInt64(63 - $0) & 1 == 1 } + (0..<32).map { checksum >> UInt32(31 - $0) & 1 == 1 }
    }

    /// - Returns: the identifier, or `nil` when the checksum tells that these bits are none.
    static func identifier(of bits: [Bool]) -> UInt64? {
        let word = bits.prefix(identifierBits).reduce(UInt64(0)) { $0 << 1 | ($1 ? 1 : 0) }
        let rest = bits.dropFirst(identifierBits).reduce(UInt32(0)) { $0 << 1 | ($1 ? 1 : 0) }
        return rest == checksum(word) ? word : nil
    }

    /// CRC-32 of IEEE 802.3 over the eight bytes, highest first.
    static func checksum(_ identifier: UInt64) -> UInt32 {
        var remainder: UInt32 = .max
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            remainder ^= UInt32(truncatingIfNeeded: identifier >> shift) & 0xFF
            for _ in 0..<8 {
                remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
            }
        }
        return ~remainder
    }
}
