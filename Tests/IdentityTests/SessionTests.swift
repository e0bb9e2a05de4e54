import Contracts
import Persistence
import Primitives
import Testing

@testable import Identity

struct SessionTests {
    private let secrets: DerivedSecrets
    private let otherSecrets: DerivedSecrets

    init() throws {
        secrets = try #require(DerivedSecrets(master: Bytes(repeating: 7, count: 32)))
        otherSecrets = try #require(DerivedSecrets(master: Bytes(repeating: 8, count: 32)))
    }

    @Test func useKeepsASessionAndRestEndsIt() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let text = try await accounts.logIn(accounts.make("ann")).text
            for _ in 0..<10 {
                scratch.clock.advance(.hours(23))
                #expect(try await accounts.sessions.authenticate(text) != nil)
            }
            scratch.clock.advance(.hours(24))
            #expect(try await accounts.sessions.authenticate(text) == nil)
            #expect(try await scratch.rows("session") == 1)
            try await accounts.sweep()
            #expect(try await scratch.rows("session") == 0)
        }
    }

    @Test func noSessionIsLongerThanAMonth() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let text = try await accounts.logIn(accounts.make("ann")).text
            var hours = 0
            while try await accounts.sessions.authenticate(text) != nil {
                scratch.clock.advance(.hours(12))
                hours += 12
            }
            #expect(hours == 30 * 24)
        }
    }

    @Test(arguments: ["", "avss_", "avss_" + String(repeating: "A", count: 43), String(repeating: "A", count: 48), "avss_\u{0}"])
    func otherTextsAreNoSessions(_ text: String) async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let real = try await accounts.logIn(accounts.make("ann")).text
            #expect(try await accounts.sessions.authenticate(text) == nil)
            #expect(try await accounts.sessions.authenticate(real + "A") == nil)
            #expect(try await accounts.sessions.authenticate(real.uppercased()) == nil)
        }
    }

    @Test func usersEndTheirOwnSessionsOnly() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let (ann, bob) = (try await accounts.make("ann"), try await accounts.make("bob"))
            let (first, second) = (try await accounts.logIn(ann), try await accounts.logIn(ann))
            #expect(Set(try await accounts.sessions.list(of: ann.id).map(\.id)) == [first.session.id, second.session.id])
            await #expect(throws: IdentityError.notFound) { try await accounts.sessions.end(first.session.id, of: bob.id) }
            try await accounts.sessions.end(first.session.id, of: ann.id)
            #expect(try await accounts.sessions.authenticate(first.text) == nil)
            #expect(try await accounts.sessions.isActive(second.session.id, of: ann.id))
            try await accounts.sessions.end(of: ann.id)
            #expect(try await accounts.sessions.list(of: ann.id).isEmpty)
        }
    }

    @Test func theOldestSessionMakesRoom() async throws {
        try await Scratch.with { scratch in
            var rules = SessionRules()
            rules.limit = 3
            let accounts = try await scratch.accounts(sessions: rules)
            let ann = try await accounts.make("ann")
            var texts: [String] = []
            for _ in 0..<5 {
                texts.append(try await accounts.logIn(ann).text)
                scratch.clock.advance(.seconds(10))
            }
            var open: [Bool] = []
            for text in texts { open.append(try await accounts.sessions.authenticate(text) != nil) }
            #expect(open == [false, false, true, true, true])
        }
    }

    /// A password that was right when it was checked, and was changed before the session began.
    @Test func noSessionBeginsWithAPasswordOfBefore() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let ann = try await accounts.make("ann")
            func hash() async throws -> String {
                try await scratch.database.read {
                    try $0.first("SELECT password_hash FROM user") { try $0.text("password_hash") } ?? ""
                }
            }
            let before = try await hash()
            try await accounts.changePassword(
                of: ann.id, from: Scratch.password, to: "a new password", keeping: nil, address: "192.0.2.1")
            await #expect(throws: IdentityError.credentialsWrong) {
                try await accounts.sessions.begin(ann.id, passwordHash: before, address: "", device: "")
            }
            let text = try await accounts.sessions.begin(ann.id, passwordHash: try await hash(), address: "", device: "").text
            #expect(try await accounts.sessions.authenticate(text) != nil)
        }
    }

    @Test func dashboardTokens() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let ann = try await accounts.make("ann")
            let session = try await accounts.logIn(ann).session
            let tokens = try DashboardTokens(secrets, version: 3, clock: scratch.clock.read)
            var principal = try await accounts.principal(of: ann.id, in: nil, lifetime: DashboardTokens.lifetime)
            // What she is called is looked up again.
            principal.name = nil
            let token = tokens.token(for: principal, session: session)
            let verified = try tokens.verify(token)
            #expect(verified.principal == principal)
            #expect(verified.session == session.id)
            // The next key accepts what the last one has signed; the one after that does not, nor does another secret.
            #expect(try DashboardTokens(secrets, version: 4, clock: scratch.clock.read).verify(token).principal == principal)
            #expect(throws: TokenError.keyUnknown) {
                try DashboardTokens(secrets, version: 5, clock: scratch.clock.read).verify(token)
            }
            #expect(throws: TokenError.signatureWrong) {
                try DashboardTokens(otherSecrets, version: 3, clock: scratch.clock.read).verify(token)
            }
            scratch.clock.advance(DashboardTokens.lifetime)
            #expect(throws: TokenError.expired) { try tokens.verify(token) }
        }
    }

    /// It reads one path for a minute, and is no token of another kind.
    @Test func downloadTokens() async throws {
        try await Scratch.with { scratch in
            let tokens = try DownloadTokens(secrets, clock: scratch.clock.read)
            var principal = Principal(
                subject: "key_1", owner: "ann", tier: "standard", scopes: [.filesRead],
                expires: scratch.clock.read().advanced(by: DownloadTokens.lifetime))
            for session in [nil, "ses_1"] {
                principal.session = session
                let token = tokens.token(for: principal, path: "/files/a").text
                #expect(try tokens.verify(token, path: "/files/a") == principal)
                for path in ["/files/b", "/files/a/", ""] {
                    #expect(throws: TokenError.claim("path")) { try tokens.verify(token, path: path) }
                }
                #expect(throws: (any Error).self) { try DashboardTokens(secrets, clock: scratch.clock.read).verify(token) }
                #expect(!DashboardTokens.claims(token))
            }
            let token = tokens.token(for: principal, path: "/files/a").text
            scratch.clock.advance(DownloadTokens.lifetime)
            #expect(throws: TokenError.expired) { try tokens.verify(token, path: "/files/a") }
        }
    }

    /// Of whom nobody can be asked when it is used, it ends when they do; of a token it ends with the session that made it.
    @Test func aDownloadTokenEndsWithWhatItIsMadeFrom() async throws {
        try await Scratch.with { scratch in
            let tokens = try DownloadTokens(secrets, clock: scratch.clock.read)
            var principal = Principal(
                subject: "corp:ann", owner: "corp:ann", tier: "standard", scopes: [.filesRead],
                expires: scratch.clock.read().advanced(by: .seconds(20)))
            let (token, seconds) = tokens.token(for: principal, path: "/files/a")
            #expect(seconds == 20)
            #expect(try tokens.verify(token, path: "/files/a").expires == principal.expires)
            principal.expires = principal.expires.advanced(by: .minutes(10))
            #expect(tokens.token(for: principal, path: "/files/a").seconds == 60)
            (principal.subject, principal.origin, principal.expires) = (
                "usr_1", "ses_1", scratch.clock.read().advanced(by: .seconds(20))
            )
            let own = tokens.token(for: principal, path: "/files/a")
            #expect(own.seconds == 60)
            #expect(try tokens.verify(own.text, path: "/files/a").session == "ses_1")
            scratch.clock.advance(.seconds(20))
            #expect(throws: TokenError.expired) { try tokens.verify(token, path: "/files/a") }
        }
    }

    /// A token of another kind, signed with the very same secret.
    @Test func otherTokensAreNoDashboardTokens() throws {
        let secret = secrets.secret(for: "dashboard", id: "avstudio-gateway", version: 1)
        let now = TestClock.start.milliseconds / 1000
        let claims: [String: JSONValue] = [
            "iss": "avstudio-gateway", "aud": "avstudio-gateway", "sub": "usr_1", "sid": "ses_1", "org": "org_1", "tier": "owner",
            "scope": "admin", "iat": .integer(now), "exp": .integer(now + 60),
        ]
        let tokens = try DashboardTokens(secrets, clock: { TestClock.start })
        let right = try TokenSigner(secret: secret, id: "1", type: "avs-dashboard+jwt").sign(claims)
        #expect(try tokens.verify(right).principal.scopes == [.admin])
        #expect(throws: TokenError.claim("typ")) { try tokens.verify(TokenSigner(secret: secret, id: "1").sign(claims)) }
        var longer = claims
        longer["exp"] = .integer(now + 301)
        #expect(throws: TokenError.claim("exp")) {
            try tokens.verify(TokenSigner(secret: secret, id: "1", type: "avs-dashboard+jwt").sign(longer))
        }
    }
}
