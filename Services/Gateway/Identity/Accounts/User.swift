package import Primitives

/// A person with an account, without the password's hash.
package struct User: Sendable, Hashable {
    package let id: String
    package let email: EmailAddress
    package var name: String
    package let created: Timestamp

    /// The user as the API shows it to the user themselves.
    package var document: JSONValue {
        ["id": .string(id), "email": .string(email.text), "name": .string(name), "created": .string(created.iso8601)]
    }
}
