/// A number of bytes; written as `512`, `64KiB`, `10MiB` or `4GiB`.
package struct ByteSize: Comparable, Hashable, Sendable, CustomStringConvertible {
    package var bytes: Int64

    package init(bytes: Int64) {
        self.bytes = bytes
    }

    package static func bytes(_ count: Int64) -> ByteSize { ByteSize(bytes: count) }
    package static func kib(_ count: Int64) -> ByteSize { ByteSize(bytes: count << 10) }
    package static func mib(_ count: Int64) -> ByteSize { ByteSize(bytes: count << 20) }
    package static func gib(_ count: Int64) -> ByteSize { ByteSize(bytes: count << 30) }

    /// Reads a count with an optional binary unit (`KiB`, `MiB`, `GiB`, `TiB`, or `B`).
    /// - Returns: `nil` for anything else, for a negative count and when the value overflows.
    package init?(parsing text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits) else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let shift = Self.units.first(where: { $0.name == unit })?.shift ?? (unit.isEmpty ? 0 : nil) else { return nil }
        let (value, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { return nil }
        bytes = value
    }

    /// The largest unit that divides the value exactly.
    package var description: String {
        for unit in Self.units.reversed() where unit.shift > 0 && bytes != 0 && bytes & ((1 << unit.shift) - 1) == 0 {
            return "\(bytes >> unit.shift)\(unit.name)"
        }
        return "\(bytes)"
    }

    private static let units: [(name: String, shift: Int64)] = [("B", 0), ("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]

    package static func < (a: ByteSize, b: ByteSize) -> Bool { a.bytes < b.bytes }
}

extension ByteSize: Codable {
    package init(from decoder: any Decoder) throws {
        bytes = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}
