import Primitives

/// Whose tokens are accepted, and which of them.
package struct TokenIssuer: Sendable {
    /// Where the issuer's keys come from.
    package enum Keys: Sendable {
        case fixed(JSONWebKeySet)
        case fetched(KeySetCache)
    }

    /// The claim `iss`, compared exactly.
    package var name: String
    /// One of them must be in the claim `aud` (RFC 8725, 3.9); none when the issuer's tokens are for nobody else and have no such
    /// claim.
    package var audiences: Set<String>
    package var algorithms: Set<TokenAlgorithm>
    package var keys: Keys
    /// The header `typ`, when the issuer's tokens of different kinds must not be taken for each other (RFC 8725, 3.11); compared
    /// without case and without a leading `application/`.
    package var type: String?
    /// How far the clocks may be apart.
    package var leeway = Duration.seconds(60)
    /// The longest time between `iat` and now, and between now and `exp`; then `iat` is required.
    package var longestLife: Duration?

    package init(name: String, audiences: Set<String>, algorithms: Set<TokenAlgorithm>, keys: Keys, type: String? = nil) {
        (self.name, self.audiences, self.algorithms, self.keys, self.type) = (name, audiences, algorithms, keys, type)
    }

    func accepts(audiences given: [String]) -> Bool {
        audiences.isEmpty ? given.isEmpty : !audiences.isDisjoint(with: given)
    }

    func accepts(type given: String?) -> Bool {
        guard let type else { return true }
        guard var text = given?.lowercased() else { return false }
        if text.hasPrefix("application/") { text.removeFirst(12) }
        return text == type.lowercased()
    }
}
