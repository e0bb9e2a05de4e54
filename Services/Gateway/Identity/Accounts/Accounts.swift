import Cryptography
package import Persistence
package import Primitives

/// People's accounts: registration, login, passwords; organisations and their members are in extensions.
///
/// Nothing here tells a stranger whether an account exists: registering a known address answers like a new one and changes nothing,
/// and a login takes as long for an unknown address as for a known one.
package final class Accounts: Sendable {
    package static let migrations = [AccountTables.migration, SessionStore.migration]

    let database: Database
    package let rules: AccountRules
    let clock: @Sendable () -> Timestamp
    package let sessions: SessionStore
    private let hasher: PasswordHasher
    private let throttle: LoginThrottle
    /// Checked when there is no such account, so that the answer takes as long.
    private let decoy: String

    /// - Parameters:
    ///   - database: with `migrations` applied.
    ///   - clock: gives the present time.
    /// - Throws: `IdentityError.busy` when memory is too short for even one hash.
    package init(
        _ database: Database, rules: AccountRules = AccountRules(), sessions: SessionRules = SessionRules(),
        throttle: ThrottleRules = ThrottleRules(), hasher: PasswordHasher,
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) async throws(IdentityError) {
        (self.database, self.rules, self.clock, self.hasher) = (database, rules, clock, hasher)
        self.sessions = SessionStore(database, rules: sessions, clock: clock)
        self.throttle = LoginThrottle(throttle)
        decoy = try await hasher.hash(Hex.encode(SecureRandom.bytes(16)))
    }

    /// Makes an account when the mode allows it. When there is one with the address already, nothing happens, and the answer is the
    /// same: whoever owns it can log in, and nobody else learns of it.
    /// - Parameter address: where the request came from.
    /// - Throws: `IdentityError`: `.registrationClosed`, `.invitationInvalid`, `.emailInvalid`, `.nameInvalid`, `.passwordUnfit`,
    ///   `.throttled`, `.busy`; `DatabaseError`.
    package func register(_ registration: Registration, from address: String) async throws {
        guard rules.registration != .closed else { throw IdentityError.registrationClosed }
        if registration.invitation == nil, rules.registration == .invite { throw IdentityError.invitationInvalid }
        let email = try checked(registration)
        let now = clock()
        try throttle.admit(account: nil, address: address, now: now)
        let hash = try await hasher.hash(registration.password)
        let user = User(id: Identifier.make("usr"), email: email, name: registration.name, created: now)
        let tier = rules.tier
        try await database.write { connection in
            let invitation = try registration.invitation.map { text in
                guard let invitation = try Invitation.find(text, for: email, now: now, on: connection) else {
                    throw IdentityError.invitationInvalid
                }
                return invitation
            }
            guard try AccountTables.credential(email, on: connection) == nil else { return }
            try AccountTables.insert(user, passwordHash: hash, on: connection)
            try Self.place(user, invitation, tier: tier, now: now, on: connection)
        }
    }

    /// Makes an account in the name of an administrator, whatever the mode.
    /// - Parameters:
    ///   - organisation: which the user joins; a new one of their own when `nil`.
    ///   - role: the user's role in it.
    /// - Throws: `IdentityError`: `.emailTaken`, `.notFound` for the organisation, and what `register` throws for wrong fields.
    package func create(
        _ registration: Registration, organisation: String? = nil, role: OrganisationRole = .viewer
    ) async throws -> User {
        let email = try checked(registration)
        let now = clock()
        let hash = try await hasher.hash(registration.password)
        let user = User(id: Identifier.make("usr"), email: email, name: registration.name, created: now)
        let tier = rules.tier
        try await database.write { connection in
            guard try AccountTables.credential(email, on: connection) == nil else { throw IdentityError.emailTaken }
            try AccountTables.insert(user, passwordHash: hash, on: connection)
            let place = organisation.map { Invitation(id: "", organisation: $0, email: email, role: role, expires: now) }
            try Self.place(user, place, tier: tier, now: now, on: connection)
        }
        return user
    }

    /// Begins a session.
    /// - Parameters:
    ///   - address: where the request came from.
    ///   - device: what the user shall recognise the session by, for example the browser's name.
    /// - Returns: the session and its text, which is not kept.
    /// - Throws: `IdentityError`: `.credentialsWrong`, `.throttled`, `.busy`; `DatabaseError`.
    package func logIn(
        email: String, password: String, from address: String, device: String = ""
    ) async throws -> (session: Session, text: String) {
        let email = try? EmailAddress(email)
        // An address that no account can have is treated like one that none has.
        let credential = try await check(email, password, from: address)
        if hasher.isOutdated(credential.passwordHash) {
            let hash = try await hasher.hash(password)
            if try await replace(credential, by: hash) {
                return try await sessions.begin(credential.user.id, passwordHash: hash, address: address, device: device)
            }
        }
        return try await sessions.begin(
            credential.user.id, passwordHash: credential.passwordHash, address: address, device: device)
    }

    /// Changes a password and ends all other sessions of the user.
    /// - Parameters:
    ///   - user: whose.
    ///   - session: the one that goes on.
    ///   - address: where the request came from; wrong old passwords count like wrong logins.
    /// - Throws: `IdentityError`: `.credentialsWrong` for the old one, `.passwordUnfit` for the new one, `.throttled`, `.busy`.
    package func changePassword(
        of user: String, from old: String, to new: String, keeping session: String?, address: String
    ) async throws {
        let email = try await find(user).email
        try rules.password.check(new, email: email)
        let credential = try await check(email, old, from: address)
        let hash = try await hasher.hash(new)
        guard try await replace(credential, by: hash) else { throw IdentityError.credentialsWrong }
        try await sessions.end(of: user, except: session)
    }

    /// - Throws: `IdentityError.notFound`.
    package func find(_ user: String) async throws -> User {
        guard let found = try await database.read({ try AccountTables.user(user, on: $0) }) else { throw IdentityError.notFound }
        return found
    }

    /// One page of all users, the newest first.
    /// - Parameters:
    ///   - before: the last identifier of the page before.
    ///   - limit: 1 to 500.
    /// - Throws: `DatabaseError`.
    package func page(before: String? = nil, limit: Int) async throws -> [User] {
        try await database.read { try AccountTables.users(before: before, limit: limit, on: $0) }
    }

    /// Ends an account. Organisations of which the user is the only member end with it.
    /// - Parameters:
    ///   - password: the user's, who confirms with it; `nil` when an administrator asks.
    ///   - address: where the request came from.
    ///   - ending: ends, in the same transaction, what others keep for an organisation that ends.
    ///   - leaving: ends, in the same transaction, what the user has in other organisations.
    /// - Throws: `IdentityError`: `.lastOwner` while others are members of an organisation that only this user owns,
    ///   `.credentialsWrong`, `.throttled`, `.notFound`.
    package func delete(
        _ user: String, password: String?, from address: String,
        ending: @escaping @Sendable (_ organisation: String, Connection) throws -> Void = { _, _ in },
        leaving: @escaping @Sendable (Connection) throws -> Void = { _ in }
    ) async throws {
        let found = try await find(user)
        if let password { _ = try await check(found.email, password, from: address) }
        try await database.write { connection in
            let ended = try AccountTables.onlyOwned(by: user, on: connection)
            for organisation in ended {
                guard try AccountTables.memberCount(organisation, on: connection) == 1 else { throw IdentityError.lastOwner }
            }
            for organisation in ended {
                try connection.execute("DELETE FROM organisation WHERE id = ?", organisation)
                try ending(organisation, connection)
            }
            try leaving(connection)
            try connection.execute("DELETE FROM user WHERE id = ?", user)
        }
    }

    /// Removes sessions and invitations that are past their time.
    package func sweep() async throws {
        let now = clock()
        try await sessions.sweep()
        try await database.write { try $0.execute("DELETE FROM invitation WHERE expires <= ?", now) }
    }

    /// Checks a password, counting the attempt before the work so that attempts at the same time count too.
    private func check(_ email: EmailAddress?, _ password: String, from address: String) async throws -> Credential {
        let now = clock()
        let account = email?.text
        try throttle.admit(account: account, address: address, now: now)
        let credential: Credential?
        let isRight: Bool
        do {
            credential = if let email { try await database.read { try AccountTables.credential(email, on: $0) } } else { nil }
            // A longer text than any password can be is not worth the work of hashing it, but takes the decoy's time.
            let fits = password.utf8.count <= rules.password.maximumLength * 4
            let verified = try await hasher.verify(fits ? password : "", against: credential?.passwordHash ?? decoy)
            isRight = verified && fits
        } catch {
            throttle.withdraw(account: account, address: address)
            throw error
        }
        guard isRight, let credential else { throw IdentityError.credentialsWrong }
        throttle.succeed(account: credential.user.email.text, address: address, now: now)
        return credential
    }

    /// - Returns: false when the password was changed meanwhile.
    private func replace(_ credential: Credential, by hash: String) async throws -> Bool {
        let now = clock()
        return try await database.write { connection in
            try connection.execute(
                "UPDATE user SET password_hash = ?, password_changed = ? WHERE id = ? AND password_hash = ?", hash, now,
                credential.user.id, credential.passwordHash)
            return connection.changes == 1
        }
    }

    private func checked(_ registration: Registration) throws(IdentityError) -> EmailAddress {
        let email = try EmailAddress(registration.email)
        try AccountTables.check(name: registration.name)
        try rules.password.check(registration.password, email: email)
        return email
    }

    /// Lets a new user join the organisation of an invitation, or gives them one of their own.
    private static func place(
        _ user: User, _ invitation: Invitation?, tier: String, now: Timestamp, on connection: Connection
    ) throws {
        if let invitation, let organisation = invitation.organisation {
            guard try AccountTables.organisation(organisation, on: connection) != nil else { throw IdentityError.notFound }
            try AccountTables.join(organisation, user: user.id, role: invitation.role, now: now, on: connection)
        } else {
            let own = Organisation(id: Identifier.make("org"), name: user.name, tier: tier, created: now)
            try AccountTables.insert(own, on: connection)
            try AccountTables.join(own.id, user: user.id, role: .owner, now: now, on: connection)
        }
        if let invitation { try connection.execute("DELETE FROM invitation WHERE id = ?", invitation.id) }
    }
}
