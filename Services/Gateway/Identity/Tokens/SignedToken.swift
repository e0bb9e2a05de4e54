import Cryptography
import Primitives

/// A signed token in the compact form (RFC 7515, 3.1), taken apart; nothing in it is trustworthy yet.
struct SignedToken: Sendable {
    /// Longer tokens are not read: no header that carries them would pass.
    static let maximumLength = 8192
    /// Longer names of keys are not looked for.
    private static let longestKeyID = 256

    let algorithm: TokenAlgorithm
    let keyID: String?
    let type: String?
    let payload: Bytes
    let signature: Bytes
    /// What is signed: the first two parts with their dot.
    let signed: Bytes

    /// - Throws: `TokenError`: `.malformed`, `.algorithmRefused`.
    init(_ text: String) throws(TokenError) {
        guard text.utf8.count <= Self.maximumLength else { throw .malformed("it is longer than \(Self.maximumLength) bytes") }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("it has not three parts") }
        let decoded = parts.map { Base64.decodeURL(String(decoding: $0, as: UTF8.self)) }
        guard let header = decoded[0], let payload = decoded[1], let signature = decoded[2] else {
            throw .malformed("a part is not Base64 for URLs without padding")
        }
        let members = try Self.object(header, "header")
        guard let name = members["alg"]?.stringValue, let algorithm = TokenAlgorithm(rawValue: name) else {
            throw .algorithmRefused
        }
        // Extensions that must be understood are none of those known here (RFC 7515, 4.1.11).
        guard members["crit"] == nil else { throw .malformed("it needs an extension that is not known") }
        self.algorithm = algorithm
        keyID = try Self.text(members["kid"], "kid")
        type = try Self.text(members["typ"], "typ")
        (self.payload, self.signature) = (payload, signature)
        signed = Bytes(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
    }

    /// A JSON object whose names are unique (RFC 7515, 4 and RFC 7519, 4).
    static func object(_ bytes: Bytes, _ part: String) throws(TokenError) -> [String: JSONValue] {
        // Parsing keeps one of equal names, and two parsers may keep different ones.
        guard TopLevelNames.areUnique(bytes), let value = try? JSONValue(parsing: bytes), let members = value.objectValue else {
            throw .malformed("the \(part) is not a JSON object with unique names")
        }
        return members
    }

    private static func text(_ value: JSONValue?, _ name: String) throws(TokenError) -> String? {
        guard let value else { return nil }
        guard let text = value.stringValue, text.utf8.count <= longestKeyID else { throw .malformed("\(name) is not a short text") }
        return text
    }
}
