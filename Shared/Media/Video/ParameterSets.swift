import CLibAV

/// The sequence and picture parameter sets of an H.264 stream, as its header holds them.
/// Source: ITU-T H.264, 7.3.2 and Annex B (byte stream); ISO/IEC 14496-15, 5.3.3.1.2 (`avcC`).
struct ParameterSets {
    enum Form: Equatable {
        /// Start codes before each unit.
        case byteStream
        /// A length of so many bytes before each unit.
        case lengths(Int)
    }

    static let (sequence, picture, instantRefresh) = (UInt8(7), UInt8(8), UInt8(5))

    let form: Form
    let sequences: [[UInt8]]
    let pictures: [[UInt8]]
    /// What follows the sets in `avcC`: the chroma format and bit depths of the high profiles.
    private let trailer: [UInt8]
    private let profile: [UInt8]

    /// - Parameter header: as the container has it.
    /// - Returns: `nil` when it holds no parameter sets.
    init?(_ header: [UInt8]) {
        if header.first == 1 {
            guard header.count > 6 else { return nil }
            form = .lengths(Int(header[4] & 3) + 1)
            var rest = header[6...]
            guard let sequences = Self.sets(Int(header[5] & 31), &rest), let count = rest.popFirst(),
                let pictures = Self.sets(Int(count), &rest)
            else { return nil }
            (self.sequences, self.pictures, trailer, profile) = (sequences, pictures, Array(rest), Array(header[1...3]))
        } else {
            let units = Self.units(header)
            form = .byteStream
            sequences = units.filter { ($0.first ?? 0) & 31 == Self.sequence }
            pictures = units.filter { ($0.first ?? 0) & 31 == Self.picture }
            (trailer, profile) = ([], [])
        }
        guard !sequences.isEmpty, !pictures.isEmpty else { return nil }
    }

    /// - Parameter stream: whose header holds the sets.
    init?(header stream: UnsafeMutablePointer<AVStream>) {
        guard let parameters = stream.pointee.codecpar?.pointee else { return nil }
        self.init([UInt8](UnsafeBufferPointer(start: parameters.extradata, count: max(0, Int(parameters.extradata_size)))))
    }

    /// An identifier that none of the sets has; `nil` when all are taken.
    var freeIdentifier: Int? {
        let taken = Set(
            sequences.compactMap { Self.exponential($0.dropFirst(4)) } + pictures.compactMap { Self.exponential($0.dropFirst(1)) })
        return (0..<32).first { !taken.contains($0) }
    }

    /// The header of a stream that holds pictures of both; these sets have to come from `avcC`.
    func merged(with other: ParameterSets) -> [UInt8] {
        guard case .lengths(let size) = form else { return [] }
        let (sequences, pictures) = (sequences + other.sequences, pictures + other.pictures)
        func listed(_ sets: [[UInt8]]) -> [UInt8] {
            sets.flatMap { [UInt8(truncatingIfNeeded: $0.count >> 8), UInt8(truncatingIfNeeded: $0.count)] + $0 }
        }
        return [1] + profile + [0xFC | UInt8(size - 1), 0xE0 | UInt8(sequences.count)] + listed(sequences)
            + [UInt8(pictures.count)] + listed(pictures) + trailer
    }

    /// The units of a byte stream.
    static func units(_ bytes: [UInt8]) -> [[UInt8]] {
        var starts: [(begin: Int, end: Int)] = []
        var index = 0
        while index + 2 < bytes.count {
            if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 {
                starts.append((index > 0 && bytes[index - 1] == 0 ? index - 1 : index, index + 3))
                index += 3
            } else {
                index += 1
            }
        }
        return starts.indices.map { place in
            let end = place + 1 < starts.count ? starts[place + 1].begin : bytes.count
            return starts[place].end < end ? Array(bytes[starts[place].end..<end]) : []
        }.filter { !$0.isEmpty }
    }

    /// Whether a packet holds a picture that nothing after it looks back past.
    func isInstantRefresh(_ packet: UnsafeBufferPointer<UInt8>) -> Bool {
        guard case .lengths(let size) = form else {
            return Self.units(Array(packet)).contains { $0[0] & 31 == Self.instantRefresh }
        }
        var index = 0
        while index + size < packet.count {
            let length = (0..<size).reduce(0) { $0 << 8 | Int(packet[index + $1]) }
            if packet[index + size] & 31 == Self.instantRefresh { return true }
            index += size + length
        }
        return false
    }

    /// A packet of a byte stream as packets of the stream are written, without the parameter sets, which are in the header.
    func formed(_ packet: [UInt8]) -> [UInt8] {
        let units = Self.units(packet).filter { ![Self.sequence, Self.picture].contains($0[0] & 31) }
        return units.flatMap { unit -> [UInt8] in
            guard case .lengths(let size) = form else { return [0, 0, 0, 1] + unit }
            return (0..<size).map { UInt8(truncatingIfNeeded: unit.count >> (8 * (size - 1 - $0))) } + unit
        }
    }

    private static func sets(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> [[UInt8]]? {
        var sets: [[UInt8]] = []
        for _ in 0..<count {
            guard rest.count >= 2 else { return nil }
            let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
            guard rest.count >= length else { return nil }
            sets.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return sets
    }

    /// An Exp-Golomb number (ITU-T H.264, 9.1).
    private static func exponential(_ bytes: ArraySlice<UInt8>) -> Int? {
        let bits = bytes.prefix(8).flatMap { byte in (0..<8).map { Int(byte >> (7 - $0) & 1) } }
        guard let zeros = bits.firstIndex(of: 1), bits.count > 2 * zeros else { return nil }
        return bits[zeros...2 * zeros].reduce(0) { $0 << 1 | $1 } - 1
    }
}
