import Identity
import Persistence
import Primitives
import Testing

struct LoginTests {
    @Test func registrationLoginAndSession() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            try await accounts.register(
                Registration(email: "Ann@Example.org", password: Scratch.password, name: "Ann"), from: "192.0.2.1")
            let (session, text) = try await accounts.logIn(
                email: "ann@EXAMPLE.org", password: Scratch.password, from: "192.0.2.1", device: "Firefox")
            let found = try #require(try await accounts.sessions.authenticate(text))
            #expect(found.id == session.id)
            let user = try await accounts.find(found.user)
            #expect(user.email.text == "ann@example.org")
            let own = try await accounts.memberships(of: user.id)
            #expect(own.map(\.role) == [.owner])
            #expect(own.map(\.organisation.tier) == ["standard"])
        }
    }

    @Test func passwordsAndTextsAreNotKept() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let text = try await accounts.logIn(accounts.make("ann")).text
            let invitation = try await accounts.invite("bob@example.org", to: nil, as: .viewer, by: .administrator).text
            let stored = try await scratch.database.read { connection in
                try connection.query(
                    """
                    SELECT password_hash || hex(s.secret_hash) || hex(i.secret_hash) AS all_of_it
                    FROM user, session s, invitation i
                    """
                ) { try $0.text("all_of_it") }
            }
            #expect(stored.count == 1)
            for secret in [Scratch.password, text, String(text.dropFirst(5)), invitation] {
                #expect(stored.allSatisfy { !$0.contains(secret) })
            }
        }
    }

    /// A known address, an unknown one and one that can not be: the same answer, and the same work.
    @Test func strangersLearnNothing() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            _ = try await accounts.make("ann")
            for email in ["ann@example.org", "nobody@example.org", "no address", ""] {
                await #expect(throws: IdentityError.credentialsWrong) {
                    try await accounts.logIn(email: email, password: "wrong password", from: "192.0.2.7")
                }
            }
            // Registering a known address looks like registering a new one, and does not touch the account.
            for email in ["ann@example.org", "new@example.org"] {
                try await accounts.register(
                    Registration(email: email, password: "another password", name: "Eve"), from: "192.0.2.7")
            }
            await #expect(throws: IdentityError.credentialsWrong) {
                try await accounts.logIn(email: "ann@example.org", password: "another password", from: "192.0.2.8")
            }
            _ = try await accounts.logIn(email: "ann@example.org", password: Scratch.password, from: "192.0.2.8")
            #expect(try await scratch.rows("user") == 2)
            #expect(try await scratch.rows("organisation") == 2)
        }
    }

    @Test func accountsOfOneAddressAtOnceAreOne() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        await #expect(throws: Never.self) {
                            try await accounts.register(
                                Registration(email: "ann@example.org", password: "password number \(index)", name: "Ann"),
                                from: "192.0.2.\(index)")
                        }
                    }
                }
            }
            #expect(try await scratch.rows("user") == 1)
            #expect(try await scratch.rows("membership") == 1)
        }
    }

    @Test func registrationModes() async throws {
        try await Scratch.with { scratch in
            let closed = try await scratch.accounts(.closed)
            let ann = Registration(email: "ann@example.org", password: Scratch.password, name: "Ann")
            await #expect(throws: IdentityError.registrationClosed) { try await closed.register(ann, from: "") }
            let invite = try await scratch.accounts(.invite)
            await #expect(throws: IdentityError.invitationInvalid) { try await invite.register(ann, from: "") }
            var invited = ann
            invited.invitation = try await invite.invite("ANN@example.org", to: nil, as: .viewer, by: .administrator).text
            await #expect(throws: IdentityError.registrationClosed) { try await closed.register(invited, from: "") }
            try await invite.register(invited, from: "")
            #expect(try await scratch.rows("user") == 1)
            #expect(try await scratch.rows("invitation") == 0)
        }
    }

    @Test(arguments: ["", "two\nlines", String(repeating: "x", count: 101), "hid\u{202E}den", "null\u{0}"])
    func names(_ name: String) async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            await #expect(throws: IdentityError.self) {
                try await accounts.register(Registration(email: "a@example.org", password: Scratch.password, name: name), from: "")
            }
            #expect(try await scratch.rows("user") == 0)
        }
    }

    @Test func aPasswordChangeEndsTheOtherSessions() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let ann = try await accounts.make("ann")
            let (here, there) = (try await accounts.logIn(ann), try await accounts.logIn(ann))
            await #expect(throws: IdentityError.credentialsWrong) {
                try await accounts.changePassword(
                    of: ann.id, from: "wrong password", to: "a new password", keeping: here.session.id, address: "192.0.2.1")
            }
            await #expect(throws: IdentityError.self) {
                try await accounts.changePassword(
                    of: ann.id, from: Scratch.password, to: "short", keeping: here.session.id, address: "192.0.2.1")
            }
            try await accounts.changePassword(
                of: ann.id, from: Scratch.password, to: "a new password", keeping: here.session.id, address: "192.0.2.1")
            #expect(try await accounts.sessions.authenticate(here.text) != nil)
            #expect(try await accounts.sessions.authenticate(there.text) == nil)
            await #expect(throws: IdentityError.credentialsWrong) { try await accounts.logIn(ann) }
            _ = try await accounts.logIn(ann, "a new password")
        }
    }

    @Test func anOldHashIsMadeNewAtLogin() async throws {
        try await Scratch.with { scratch in
            let ann = try await scratch.accounts().make("ann")
            let dearer = try await scratch.accounts(cost: PasswordCost(passes: 2, memory: 16_384))
            _ = try await dearer.logIn(ann)
            let hash = try await scratch.database.read {
                try $0.first("SELECT password_hash FROM user") { try $0.text("password_hash") }
            }
            #expect(hash?.contains("m=16,t=2") == true)
            _ = try await dearer.logIn(ann)
        }
    }

    @Test func deletionTakesWhatIsOnlyTheirs() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let (ann, bob) = (try await accounts.make("ann"), try await accounts.make("bob"))
            let own = try await accounts.organisation(of: ann)
            let text = try await accounts.logIn(ann).text
            let invitation = try await accounts.invite("bob@example.org", to: own, as: .editor, by: .user(ann.id)).text
            try await accounts.accept(invitation, by: bob.id)
            await #expect(throws: IdentityError.credentialsWrong) {
                try await accounts.delete(ann.id, password: "wrong password", from: "192.0.2.1")
            }
            await #expect(throws: IdentityError.lastOwner) {
                try await accounts.delete(ann.id, password: Scratch.password, from: "192.0.2.1")
            }
            #expect(try await scratch.rows("user") == 2)
            try await accounts.remove(bob.id, from: own, by: .user(ann.id))
            try await accounts.delete(ann.id, password: Scratch.password, from: "192.0.2.1")
            #expect(try await accounts.sessions.authenticate(text) == nil)
            await #expect(throws: IdentityError.notFound) { try await accounts.find(ann.id) }
            #expect(try await scratch.rows("organisation") == 1)
            #expect(try await scratch.rows("membership") == 1)
            #expect(try await scratch.rows("session") == 0)
        }
    }
}
