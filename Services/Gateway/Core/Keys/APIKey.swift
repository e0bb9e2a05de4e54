package import Contracts
import Cryptography
package import Primitives

/// A key as it is kept: without its secret.
package struct APIKey: Sendable, Hashable {
    package let id: String
    package var name: String
    package var owner: String
    package var tier: String
    package var scopes: Set<Scope>
    package let created: Timestamp
    package var expires: Timestamp?
    package var revoked: Timestamp?
    package var models: KeyModels
    /// Whether the messages about its calls of language models carry what was said.
    package var logsContent = false
    /// The person who knows its text because they have made or rotated it, or made the key that did; `nil` when it was no
    /// person. The key ends with what they may do in the organisation.
    var maker: String?
    /// Who knows the secret before the last rotation.
    var previousMaker: String?
    /// Which secret signs requests; rises with each rotation.
    package var generation: Int
    /// SHA-256 of the secret. A secret of 256 random bits needs no slow hash: there is nothing to guess.
    var secretHash: Bytes
    /// The hash before the last rotation, good until `previousUntil`.
    var previousHash: Bytes?
    var previousUntil: Timestamp?

    /// Whether a secret opens the key at a moment.
    func accepts(_ secretHash: Bytes, at now: Timestamp) -> Bool {
        guard revoked == nil, expires.map({ $0 > now }) ?? true else { return false }
        if constantTimeEqual(secretHash, self.secretHash) { return true }
        guard let previousHash, let previousUntil, previousUntil > now else { return false }
        return constantTimeEqual(secretHash, previousHash)
    }

    /// The generations whose secrets may sign requests at a moment, the present one first.
    func signingGenerations(at now: Timestamp) -> [Int] {
        guard state(at: now) == "active" else { return [] }
        return previousUntil.map { $0 > now } ?? false ? [generation, generation - 1] : [generation]
    }

    /// `active`, `expired` or `revoked`.
    package func state(at now: Timestamp) -> String {
        if revoked != nil { return "revoked" }
        return expires.map { $0 > now } ?? true ? "active" : "expired"
    }

    /// The key as the API shows it.
    package func document(now: Timestamp = .now()) -> JSONValue {
        [
            "id": .string(id), "name": .string(name), "owner": .string(owner), "tier": .string(tier),
            "scopes": .array(scopes.sorted().map { .string($0.rawValue) }),
            "created": .string(created.iso8601), "expires": JSONValue(expires?.iso8601), "revoked": JSONValue(revoked?.iso8601),
            "state": .string(state(at: now)),
            "models": models.patterns.map { .array($0.map { .string($0) }) } ?? .null,
            "log_content": .bool(logsContent), "generation": JSONValue(generation),
            "previous_until": JSONValue(previousUntil.flatMap { $0 > now ? $0 : nil }?.iso8601),
        ]
    }
}

/// The text that a person holds: `avs_<identifier>_<secret>`.
struct KeyToken {
    let id: String
    let text: String
    /// SHA-256 of the secret.
    let hash: Bytes

    /// A new secret for a key: 256 random bits as hexadecimal digits.
    init(id: String) {
        let secret = Hex.encode(SecureRandom.bytes(32))
        self.id = id
        text = "avs_\(id.dropFirst(4))_\(secret)"
        hash = SHA256.hash(Bytes(secret.utf8))
    }

    /// - Returns: `nil` when the text does not have the form.
    init?(_ text: String) {
        var bytes = text
        // In bytes: to split a text into characters costs more than all else that is done to check a key.
        let parts = bytes.withUTF8 { bytes -> (id: String, hash: Bytes)? in
            let mark = UInt8(ascii: "_")
            guard bytes.count == 95, bytes.starts(with: "avs_".utf8), bytes[30] == mark, !bytes[4..<30].contains(mark),
                !bytes[31...].contains(mark)
            else { return nil }
            let secret = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[31...]))
            return ("key_" + String(decoding: bytes[4..<30], as: UTF8.self), SHA256.hash(secret))
        }
        guard let parts else { return nil }
        (id, self.text, hash) = (parts.id, text, parts.hash)
    }
}
