import Cryptography
import Persistence
import Primitives

extension Accounts {
    /// Invites an address; whoever has the text and the address can use it once.
    /// - Parameters:
    ///   - organisation: which the person joins; `nil`, for administrators only, for an organisation of their own.
    ///   - role: what the person becomes in it.
    /// - Returns: the invitation and its text, which is not kept.
    /// - Throws: `IdentityError`: `.emailInvalid`, `.roleMissing`, `.notFound`, `.tooMany`.
    package func invite(
        _ email: String, to organisation: String?, as role: OrganisationRole, by actor: AccountActor
    ) async throws -> (invitation: Invitation, text: String) {
        let now = clock()
        let invitation = Invitation(
            id: Identifier.make("inv"), organisation: organisation, email: try EmailAddress(email), role: role,
            expires: now.advanced(by: rules.invitationLifetime))
        let text = "avsi_" + Base64.encodeURL(SecureRandom.bytes(32))
        let limit = rules.memberLimit
        try await database.write { connection in
            if let organisation {
                try Self.require(.owner, of: actor, in: organisation, on: connection)
                let open = try Invitation.all(of: organisation, after: now, on: connection).count
                guard try AccountTables.memberCount(organisation, on: connection) + open < limit else {
                    throw IdentityError.tooMany("an organisation has at most \(limit) members and open invitations")
                }
            } else if actor != .administrator {
                throw IdentityError.notFound
            }
            try connection.execute(
                """
                INSERT INTO invitation(id, secret_hash, organisation, email, role, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
                """, invitation.id, SHA256.hash(Bytes(text.utf8)), organisation, invitation.email.text, role.rawValue, now,
                invitation.expires)
        }
        return (invitation, text)
    }

    /// Lets somebody who has an account join the organisation of an invitation; a member keeps the higher role.
    /// - Throws: `IdentityError`: `.invitationInvalid`, `.notFound` for the user.
    package func accept(_ invitation: String, by user: String) async throws {
        let now = clock()
        try await database.write { connection in
            guard let member = try AccountTables.user(user, on: connection) else { throw IdentityError.notFound }
            guard let found = try Invitation.find(invitation, for: member.email, now: now, on: connection),
                let organisation = found.organisation
            else { throw IdentityError.invitationInvalid }
            if let held = try AccountTables.role(of: user, in: organisation, on: connection) {
                try connection.execute(
                    "UPDATE membership SET role = ? WHERE organisation = ? AND user = ?", max(held, found.role).rawValue,
                    organisation,
                    user)
            } else {
                try AccountTables.join(organisation, user: user, role: found.role, now: now, on: connection)
            }
            try connection.execute("DELETE FROM invitation WHERE id = ?", found.id)
        }
    }

    /// The open invitations of an organisation, newest first.
    /// - Throws: `IdentityError`: `.roleMissing`, `.notFound`.
    package func invitations(of organisation: String, for actor: AccountActor) async throws -> [Invitation] {
        let now = clock()
        return try await database.read { connection in
            try Self.require(.owner, of: actor, in: organisation, on: connection)
            return try Invitation.all(of: organisation, after: now, on: connection)
        }
    }

    /// Takes an invitation back.
    /// - Throws: `IdentityError`: `.roleMissing`, `.notFound`.
    package func withdraw(invitation: String, of organisation: String, by actor: AccountActor) async throws {
        try await database.write { connection in
            try Self.require(.owner, of: actor, in: organisation, on: connection)
            try connection.execute("DELETE FROM invitation WHERE id = ? AND organisation = ?", invitation, organisation)
            guard connection.changes == 1 else { throw IdentityError.notFound }
        }
    }
}
