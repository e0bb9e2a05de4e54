package import Contracts
package import Persistence
import Primitives

/// Who changes something in an organisation.
package enum AccountActor: Sendable, Hashable {
    case user(String)
    /// Whoever holds the scope `admin`; needs no membership.
    case administrator
}

extension Accounts {
    /// The organisations of a user, the oldest membership first.
    package func memberships(of user: String) async throws -> [Membership] {
        try await database.read { try AccountTables.memberships(of: user, on: $0) }
    }

    /// The members of an organisation, the oldest first.
    /// - Throws: `IdentityError.notFound` for somebody who is not a member.
    package func members(of organisation: String, for actor: AccountActor) async throws -> [Membership] {
        try await database.read { connection in
            try Self.require(.viewer, of: actor, in: organisation, on: connection)
            return try AccountTables.members(of: organisation, on: connection)
        }
    }

    /// Who a user is for the services, in one of their organisations.
    /// - Parameters:
    ///   - organisation: the one whose things are meant; the user's first when `nil`.
    ///   - lifetime: how long the statement holds.
    /// - Throws: `IdentityError.notFound` when the user is not a member.
    package func principal(of user: String, in organisation: String?, lifetime: Duration) async throws -> Principal {
        let (name, memberships) = try await database.read { connection in
            (try AccountTables.user(user, on: connection)?.name, try AccountTables.memberships(of: user, on: connection))
        }
        guard let membership = memberships.first(where: { organisation == nil || $0.organisation.id == organisation }) else {
            throw IdentityError.notFound
        }
        return Principal(
            subject: user, name: name, owner: membership.organisation.id, tier: membership.organisation.tier,
            scopes: membership.role.scopes,
            expires: clock().advanced(by: lifetime))
    }

    /// Makes an organisation that a user owns.
    /// - Parameters:
    ///   - name: 1 to 100 bytes.
    ///   - limit: organisations that one user may own.
    /// - Throws: `IdentityError`: `.nameInvalid`, `.tooMany`, `.notFound` for the user.
    package func createOrganisation(named name: String, owner: String, limit: Int = 20) async throws -> Organisation {
        try AccountTables.check(name: name)
        let organisation = Organisation(id: Identifier.make("org"), name: name, tier: rules.tier, created: clock())
        try await database.write { connection in
            guard try AccountTables.user(owner, on: connection) != nil else { throw IdentityError.notFound }
            let owned = try AccountTables.memberships(of: owner, on: connection).filter { $0.role == .owner }
            guard owned.count < limit else { throw IdentityError.tooMany("you may own \(limit) organisations") }
            try AccountTables.insert(organisation, on: connection)
            try AccountTables.join(organisation.id, user: owner, role: .owner, now: organisation.created, on: connection)
        }
        return organisation
    }

    /// - Throws: `IdentityError`: `.nameInvalid`, `.roleMissing`, `.notFound`.
    package func rename(_ organisation: String, to name: String, by actor: AccountActor) async throws {
        try AccountTables.check(name: name)
        try await database.write { connection in
            try Self.require(.owner, of: actor, in: organisation, on: connection)
            try connection.execute("UPDATE organisation SET name = ? WHERE id = ?", name, organisation)
        }
    }

    /// Sets whose limits apply to an organisation, in the name of an administrator.
    /// - Throws: `IdentityError`: `.nameInvalid`, `.notFound`.
    package func setTier(of organisation: String, to tier: String) async throws {
        try AccountTables.check(name: tier)
        try await database.write { connection in
            try connection.execute("UPDATE organisation SET tier = ? WHERE id = ?", tier, organisation)
            guard connection.changes == 1 else { throw IdentityError.notFound }
        }
    }

    /// What a member may do in an organisation, as a transaction sees it; `nil` for somebody who is none.
    package static func role(
        of user: String, in organisation: String, on connection: Connection
    ) throws -> OrganisationRole? {
        try AccountTables.role(of: user, in: organisation, on: connection)
    }

    /// Gives a member another role.
    /// - Parameter ending: ends, in the same transaction, what the member could do by the role before.
    /// - Throws: `IdentityError`: `.roleMissing`, `.notFound`, `.lastOwner`.
    package func setRole(
        of user: String, in organisation: String, to role: OrganisationRole, by actor: AccountActor,
        ending: @escaping @Sendable (Connection) throws -> Void = { _ in }
    ) async throws {
        try await database.write { connection in
            try Self.require(.owner, of: actor, in: organisation, on: connection)
            guard try AccountTables.role(of: user, in: organisation, on: connection) != nil else { throw IdentityError.notFound }
            if role != .owner { try Self.requireOtherOwner(than: user, in: organisation, on: connection) }
            try connection.execute(
                "UPDATE membership SET role = ? WHERE organisation = ? AND user = ?", role.rawValue, organisation, user)
            try ending(connection)
        }
    }

    /// Ends a membership: an owner's decision, or the member's own.
    /// - Parameter ending: ends, in the same transaction, what the member has there.
    /// - Throws: `IdentityError`: `.roleMissing`, `.notFound`, `.lastOwner`.
    package func remove(
        _ user: String, from organisation: String, by actor: AccountActor,
        ending: @escaping @Sendable (Connection) throws -> Void = { _ in }
    ) async throws {
        try await database.write { connection in
            try Self.require(actor == .user(user) ? .viewer : .owner, of: actor, in: organisation, on: connection)
            guard try AccountTables.role(of: user, in: organisation, on: connection) != nil else { throw IdentityError.notFound }
            try Self.requireOtherOwner(than: user, in: organisation, on: connection)
            try connection.execute("DELETE FROM membership WHERE organisation = ? AND user = ?", organisation, user)
            try ending(connection)
        }
    }

    /// Ends an organisation with its memberships and invitations.
    /// - Parameter ending: ends, in the same transaction, what others keep for the organisation.
    /// - Throws: `IdentityError`: `.roleMissing`, `.notFound`.
    package func deleteOrganisation(
        _ organisation: String, by actor: AccountActor,
        ending: @escaping @Sendable (_ organisation: String, Connection) throws -> Void = { _, _ in }
    ) async throws {
        try await database.write { connection in
            try Self.require(.owner, of: actor, in: organisation, on: connection)
            try connection.execute("DELETE FROM organisation WHERE id = ?", organisation)
            try ending(organisation, connection)
        }
    }

    /// - Throws: `IdentityError.notFound` for somebody who is no member, so that nobody learns which organisations there are;
    ///   `.roleMissing` for a member with a lower role.
    static func require(
        _ role: OrganisationRole, of actor: AccountActor, in organisation: String, on connection: Connection
    ) throws {
        switch actor {
        case .administrator:
            guard try AccountTables.organisation(organisation, on: connection) != nil else { throw IdentityError.notFound }
        case .user(let user):
            guard let held = try AccountTables.role(of: user, in: organisation, on: connection) else {
                throw IdentityError.notFound
            }
            guard held >= role else { throw IdentityError.roleMissing(role) }
        }
    }

    private static func requireOtherOwner(than user: String, in organisation: String, on connection: Connection) throws {
        if try AccountTables.onlyOwned(by: user, on: connection).contains(organisation) { throw IdentityError.lastOwner }
    }
}
