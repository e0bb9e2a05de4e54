package import Primitives

/// What a verified token says (RFC 7519, 4.1).
package struct TokenClaims: Sendable, Hashable {
    package let issuer: String?
    package let subject: String?
    package let audiences: [String]
    package let expires: Timestamp?
    package let notBefore: Timestamp?
    package let issued: Timestamp?
    /// Every member of the payload, the ones above included.
    package let members: [String: JSONValue]

    /// - Throws: `TokenError.claim` for a registered claim of the wrong type.
    init(_ members: [String: JSONValue]) throws(TokenError) {
        self.members = members
        issuer = try Self.text(members, "iss")
        subject = try Self.text(members, "sub")
        expires = try Self.date(members, "exp")
        notBefore = try Self.date(members, "nbf")
        issued = try Self.date(members, "iat")
        switch members["aud"] {
        case nil: audiences = []
        case .string(let one)?: audiences = [one]
        case .array(let several)?:
            audiences = several.compactMap(\.stringValue)
            guard audiences.count == several.count else { throw .claim("aud") }
        default: throw .claim("aud")
        }
    }

    private static func text(_ members: [String: JSONValue], _ name: String) throws(TokenError) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.stringValue, text.utf8.count <= 1024 else { throw .claim(name) }
        return text
    }

    /// A NumericDate: seconds since 1970, fractions allowed (RFC 7519, 2).
    private static func date(_ members: [String: JSONValue], _ name: String) throws(TokenError) -> Timestamp? {
        guard let value = members[name] else { return nil }
        // Up to the year 9999; beyond it, sums with a leeway would have to be checked.
        guard let seconds = value.doubleValue, seconds >= 0, seconds <= 253_402_300_799 else { throw .claim(name) }
        return Timestamp(milliseconds: Int64(seconds * 1000))
    }
}
