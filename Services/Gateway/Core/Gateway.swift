package import Blobs
import Contracts
package import Identity
package import Persistence
import Primitives

/// The gateway's domain, put together over its database.
package struct Gateway: Sendable {
    package static let migrations =
        KeyStore.migrations + [RateLimiter.migration] + FileStore.migrations + UploadStore.migrations
        + [AuditLog.migration, AuditLog.callMigration] + Accounts.migrations + [NonceStore.migration, Webhooks.migration]
        + Outbox.migrations + Hooks.migrations
    /// How long webhooks' messages are kept to be looked at and sent again; longer than their attempts take.
    package static let webhookAge = Duration.hours(24 * 30)

    /// How long hooks' messages are remembered, to be looked at and told when they come again; senders try for three days.
    package static let hookAge = Duration.hours(24 * 7)
    /// Messages of one hook that are remembered.
    package static let hookMessages = 100_000

    /// How long keys that work no more are shown.
    package static let endedKeyAge = Duration.hours(24 * 30)

    private static let log = Log("gateway.sweep")
    package let keys: KeyStore
    package let limiter: RateLimiter
    package let authorizer: Authorizer
    package let files: FileStore
    package let uploads: UploadStore
    package let audit: AuditLog
    package let accounts: Accounts
    package let tokens: DashboardTokens
    package let downloads: DownloadTokens
    package let webhooks: Webhooks
    package let hooks: Hooks
    package let signingSecrets: SigningSecrets
    private let nonces: NonceStore

    /// - Parameter uploadFolder: for partial uploads.
    package init(
        _ database: Database, blobs: any BlobStore, limits: FileLimits, uploadFolder: String, identity: IdentitySettings
    ) async throws {
        keys = try await KeyStore(database)
        limiter = try await RateLimiter(database)
        accounts = try await Accounts(
            database, rules: identity.accounts, sessions: identity.sessions, throttle: identity.throttle,
            hasher: PasswordHasher(cost: identity.passwordCost))
        tokens = try DashboardTokens(identity.secrets, version: identity.tokenKeyVersion)
        downloads = try DownloadTokens(identity.secrets, version: identity.tokenKeyVersion)
        let (keys, signingSecrets) = (keys, SigningSecrets(identity.secrets))
        self.signingSecrets = signingSecrets
        nonces = NonceStore(database)
        let signatures = RequestVerifier(nonces: nonces) { id in
            keys.signingGenerations(of: id).map { signingSecrets.bytes(of: id, generation: $0) }
        }
        authorizer = Authorizer(
            identities: Identities(
                keys: keys, accounts: accounts, tokens: tokens, downloads: downloads, issuers: identity.issuers,
                signatures: signatures),
            limiter: limiter)
        let webhooks = Webhooks(
            database, secrets: identity.secrets, schedule: identity.webhookSchedule, plainHosts: identity.webhookHosts)
        self.webhooks = webhooks
        hooks = Hooks(database, secrets: identity.secrets)
        files = FileStore(database, blobs: blobs, limits: limits) { change, connection in
            try webhooks.publish(change.webhookEvent, on: connection)
        }
        uploads = try UploadStore(database, files: files, folder: uploadFolder)
        audit = AuditLog(database)
    }

    /// Puts right what crashes left behind, and removes what is past its time: at the start and now and then.
    /// - Parameter auditAge: how long audit entries are kept; `nil` for ever.
    package func sweep(auditAge: Duration?) async {
        limiter.forgetIdle()
        await step("uploads") { try await uploads.sweep() }
        await step("files") { try await files.sweep() }
        await step("holds") { try await files.reclaim(olderThan: .hours(24)) }
        await step("blobs") { _ = try await files.blobs.sweep(olderThan: .hours(24)) }
        await step("keys") { try await keys.sweep(olderThan: Self.endedKeyAge) }
        await step("accounts") { try await accounts.sweep() }
        await step("nonces") { try await nonces.sweep() }
        await step("webhooks") { try await webhooks.sweep(olderThan: Self.webhookAge) }
        await step("hooks") { try await hooks.sweep(olderThan: Self.hookAge, keeping: Self.hookMessages) }
        if let auditAge { await step("audit") { try await audit.sweep(olderThan: auditAge) } }
    }

    /// Ends an organisation, its keys, webhooks and hooks. Its files stay for administrators.
    /// - Throws: `IdentityError`: `.roleMissing`, `.notFound`.
    package func deleteOrganisation(_ organisation: String, by actor: AccountActor) async throws {
        try await keys.following { try await accounts.deleteOrganisation(organisation, by: actor, ending: end) }
    }

    /// Ends an account with the keys that it has made, and organisations that have no other member like `deleteOrganisation`.
    /// - Throws: as `Accounts.delete`.
    package func deleteUser(_ user: String, password: String?, from address: String) async throws {
        try await keys.following {
            try await accounts.delete(user, password: password, from: address, ending: end) { [keys] in
                try keys.end(knownTo: user, on: $0)
            }
        }
    }

    /// Gives a member another role. Who may not make keys with it keeps none that they made.
    /// - Throws: as `Accounts.setRole`.
    package func setRole(
        of user: String, in organisation: String, to role: OrganisationRole, by actor: AccountActor
    ) async throws {
        try await keys.following {
            try await accounts.setRole(of: user, in: organisation, to: role, by: actor) { [keys] connection in
                guard !role.scopes.contains(.keysManage) else { return }
                try keys.end(of: organisation, knownTo: user, on: connection)
            }
        }
    }

    /// Ends a membership with the keys of the organisation that the member has made.
    /// - Throws: as `Accounts.remove`.
    package func removeMember(_ user: String, from organisation: String, by actor: AccountActor) async throws {
        try await keys.following {
            try await accounts.remove(user, from: organisation, by: actor) { [keys] in
                try keys.end(of: organisation, knownTo: user, on: $0)
            }
        }
    }

    @Sendable private func end(_ organisation: String, on connection: Connection) throws {
        try keys.end(of: organisation, on: connection)
        try webhooks.removeAll(of: organisation, on: connection)
        try hooks.removeAll(of: organisation, on: connection)
    }

    /// One part's failure keeps the others from nothing; it is tried again with the next sweep.
    private func step(_ part: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            Self.log.warning("sweeping failed and will be tried again", ["part": .string(part), "error": .string("\(error)")])
        }
    }
}
