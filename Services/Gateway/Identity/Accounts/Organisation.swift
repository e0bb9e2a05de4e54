package import Primitives

/// Whose things and limits its members share.
package struct Organisation: Sendable, Hashable {
    package let id: String
    package var name: String
    /// Whose limits apply; set by administrators.
    package var tier: String
    package let created: Timestamp
}

/// A user in an organisation.
package struct Membership: Sendable, Hashable {
    package let organisation: Organisation
    package let user: String
    package var role: OrganisationRole

    /// The membership as the API shows it.
    package var document: JSONValue {
        [
            "organisation": .string(organisation.id), "name": .string(organisation.name), "tier": .string(organisation.tier),
            "user": .string(user), "role": .string(role.rawValue),
        ]
    }
}
