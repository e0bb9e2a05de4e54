import Cryptography
import Persistence
package import Primitives

/// A promise that an address may register or join an organisation; its text is kept only as a hash.
package struct Invitation: Sendable, Hashable {
    package let id: String
    /// `nil` for an account with an organisation of its own.
    package let organisation: String?
    package let email: EmailAddress
    package let role: OrganisationRole
    package let expires: Timestamp

    /// The invitation as the API shows it.
    package var document: JSONValue {
        [
            "id": .string(id), "organisation": JSONValue(organisation), "email": .string(email.text),
            "role": .string(role.rawValue),
            "expires": .string(expires.iso8601),
        ]
    }

    /// - Returns: `nil` when the text is unknown, the time is over, or it is for another address.
    static func find(_ text: String, for email: EmailAddress, now: Timestamp, on connection: Connection) throws -> Invitation? {
        let found = try connection.first(
            "SELECT * FROM invitation WHERE secret_hash = ?", SHA256.hash(Bytes(text.utf8)), map: invitation)
        guard let found, found.email == email, found.expires > now else { return nil }
        return found
    }

    static func all(of organisation: String, after now: Timestamp, on connection: Connection) throws -> [Invitation] {
        try connection.query(
            "SELECT * FROM invitation WHERE organisation = ? AND expires > ? ORDER BY id DESC", organisation, now, map: invitation)
    }

    private static func invitation(_ row: Row) throws -> Invitation {
        Invitation(
            id: try row.text("id"), organisation: try row.optionalText("organisation"), email: try EmailAddress(row.text("email")),
            role: try AccountTables.role(row), expires: try row.timestamp("expires"))
    }
}
