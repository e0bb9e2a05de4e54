import Cryptography

/// A checked digest; what does not have its exact form never becomes part of a path.
struct BlobDigest: Hashable, Sendable {
    private static let prefix = "sha256:"
    /// 64 lower-case hexadecimal digits.
    let hex: String

    init(_ text: String) throws(BlobError) {
        guard text.utf8.starts(with: Self.prefix.utf8),
            let digest = BlobDigest(hex: String(decoding: text.utf8.dropFirst(Self.prefix.utf8.count), as: UTF8.self))
        else { throw .invalidDigest(text) }
        self = digest
    }

    /// - Returns: `nil` unless the text is 64 lower-case hexadecimal digits.
    init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        self.hex = hex
    }

    /// - Parameter hash: the 32 bytes of a SHA-256.
    init(hash: [UInt8]) {
        hex = Hex.encode(hash)
    }

    var text: String { Self.prefix + hex }

    /// The first byte, by which the objects are spread over folders.
    var shard: Int {
        hex.utf8.prefix(2).reduce(0) { $0 << 4 | Int($1 < 97 ? $1 - 48 : $1 - 87) }
    }
}

extension BlobOwner {
    /// - Throws: `BlobError.invalidOwner` when the names can not be parts of a path.
    func check() throws(BlobError) {
        for name in [service, id] {
            let isFit = (1...128).contains(name.utf8.count) && !name.utf8.starts(with: ".".utf8) && name.utf8.allSatisfy(Self.isFit)
            guard isFit else { throw .invalidOwner(name) }
        }
    }

    private static func isFit(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
