import Glibc
import Primitives
import TestSupport
import Testing

/// Varied strings, the same that Fixtures/make.py makes, and what other programs said of them.
struct StringCases {
    /// What a line of a fixture says of a string, for each encoding: how many tokens, and a digest of which.
    typealias Expected = [(count: Int, digest: UInt32)]

    static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Fixtures"

    private let alphabets: [[String]]

    init() throws {
        alphabets = try JSON.decode([[String]].self, from: Self.content("alphabets.json"))
    }

    static func content(_ name: String) throws -> Bytes { try content(atPath: "\(folder)/\(name)") }

    static func content(atPath path: String) throws -> Bytes {
        let file = try #require(fopen(path, "rb"))
        defer { fclose(file) }
        var bytes: Bytes = []
        var block = Bytes(repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
        return bytes
    }

    /// The lines of a fixture.
    static func expected(_ name: String) throws -> [Expected] {
        try content(name).split(separator: UInt8(ascii: "\n")).map { line in
            let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            return stride(from: 0, to: words.count, by: 2).map { (Int(words[$0]) ?? -1, UInt32(words[$0 + 1], radix: 16) ?? 0) }
        }
    }

    /// The string of a number.
    func text(_ number: Int) -> String {
        var random = SplitMix(seed: UInt64(number))
        let chosen = (0..<1 + random.below(4)).map { _ in alphabets[random.below(alphabets.count)] }
        var text = ""
        for _ in 0..<1 + random.below(24) {
            let alphabet = chosen[random.below(chosen.count)]
            let piece = alphabet[random.below(alphabet.count)]
            text += String(repeating: piece, count: random.below(16) == 0 ? 1 + random.below(12) : 1)
        }
        return text
    }

    /// FNV-1a over the tokens, 32 bits of it.
    static func digest(_ tokens: [UInt32]) -> UInt32 {
        let hash = tokens.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 as UInt64 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}

extension SplitMix {
    /// As the fixtures' maker does it.
    fileprivate mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
