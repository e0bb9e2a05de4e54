package import Primitives

/// The keys of an issuer (RFC 7517, 5).
package struct JSONWebKeySet: Sendable {
    /// Bytes of a document at most.
    package static let maximumSize = 256 << 10
    /// Keys of a document at most.
    package static let maximumCount = 100

    package let keys: [JSONWebKey]

    package init(_ keys: [JSONWebKey]) {
        self.keys = keys
    }

    /// Reads a document `{"keys": […]}`; keys of other kinds are passed over.
    /// - Parameter allowsSecrets: whether secrets are read too; only for documents that nobody else can read.
    /// - Throws: `TokenError.keyInvalid` when it is no such document or has no key that can be used.
    package init(parsing bytes: Bytes, allowsSecrets: Bool = false) throws(TokenError) {
        guard bytes.count <= Self.maximumSize else { throw .keyInvalid("the set is larger than \(Self.maximumSize) bytes") }
        guard let value = try? JSONValue(parsing: bytes), let members = value["keys"]?.arrayValue else {
            throw .keyInvalid("the set is not a JSON object with a list of keys")
        }
        guard members.count <= Self.maximumCount else { throw .keyInvalid("the set has more than \(Self.maximumCount) keys") }
        // One key that can not be read must not take the others with it.
        keys = members.compactMap { member in
            member.objectValue.flatMap { try? JSONWebKey($0, allowsSecrets: allowsSecrets) }
        }
        guard !keys.isEmpty else { throw .keyInvalid("the set has no key that can be used") }
    }

    /// The key for a token: by its name; a token without one is good only when a single key fits.
    func key(named id: String?, for algorithm: TokenAlgorithm) -> JSONWebKey? {
        let fitting = keys.filter { $0.algorithm == algorithm && (id == nil || $0.id == id) }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// Whether a key has a name, of whatever algorithm.
    func has(_ id: String?) -> Bool { id == nil || keys.contains { $0.id == id } }
}
