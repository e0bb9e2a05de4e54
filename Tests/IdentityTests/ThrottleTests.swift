import Identity
import Primitives
import Testing

struct ThrottleTests {
    private static func attempt(_ accounts: Accounts, _ email: String, _ password: String, _ address: String) async
        -> IdentityError?
    {
        do {
            _ = try await accounts.logIn(email: email, password: password, from: address)
            return nil
        } catch {
            return error as? IdentityError
        }
    }

    @Test(arguments: ["ann@example.org", "nobody@example.org"])
    func anAccountWaitsLongerAndLonger(_ email: String) async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            _ = try await accounts.make("ann")
            for attempt in 0..<5 {
                #expect(await Self.attempt(accounts, email, "wrong password", "192.0.2.\(attempt)") == .credentialsWrong)
            }
            // The sixth waits, also with the right password and from elsewhere.
            #expect(await Self.attempt(accounts, email, Scratch.password, "192.0.2.99") == .throttled(retryAfter: .seconds(1)))
            scratch.clock.advance(.seconds(1))
            #expect(await Self.attempt(accounts, email, "wrong password", "192.0.2.99") == .credentialsWrong)
            #expect(await Self.attempt(accounts, email, "wrong password", "192.0.2.99") == .throttled(retryAfter: .seconds(2)))
            for _ in 0..<30 {
                scratch.clock.advance(.minutes(15))
                #expect(await Self.attempt(accounts, email, "wrong password", "192.0.2.99") == .credentialsWrong)
            }
            #expect(await Self.attempt(accounts, email, "wrong password", "192.0.2.98") == .throttled(retryAfter: .minutes(15)))
        }
    }

    @Test func manyAtOnceCanNotPassTogether() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let ann = try await accounts.make("ann")
            let outcomes = await withTaskGroup(of: IdentityError?.self) { group in
                for guess in 0..<60 {
                    group.addTask { await Self.attempt(accounts, ann.email.text, "guess number \(guess)", "192.0.2.\(guess)") }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .credentialsWrong } == 5)
            #expect(outcomes.count { if case .throttled = $0 { true } else { false } } == 55)
        }
    }

    @Test func whereSomebodyAlwaysIsStrangersLockNobodyOut() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let ann = try await accounts.make("ann")
            _ = try await accounts.logIn(ann, from: "198.51.100.1")
            for attempt in 0..<20 { _ = await Self.attempt(accounts, ann.email.text, "wrong password", "192.0.2.\(attempt)") }
            #expect(await Self.attempt(accounts, ann.email.text, Scratch.password, "192.0.2.1") != nil)
            #expect(await Self.attempt(accounts, ann.email.text, Scratch.password, "198.51.100.1") == nil)
            // Her own success does not clear the way for them.
            #expect(await Self.attempt(accounts, ann.email.text, Scratch.password, "192.0.2.1") != nil)
            // From there, guesses have their limit too.
            for _ in 0..<5 { _ = await Self.attempt(accounts, ann.email.text, "wrong password", "198.51.100.1") }
            #expect(
                await Self.attempt(accounts, ann.email.text, Scratch.password, "198.51.100.1")
                    == .throttled(retryAfter: .seconds(1)))
        }
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("2001:db8::1", "2001:db8:0:0:ffff::2", true),
        ("2001:db8::1", "2001:db8:0:1::1", false), ("::ffff:192.0.2.1", "192.0.2.1", true),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false), ("unix:", "unix:", true),
    ])
    func anAddressCanNotTryManyAccounts(_ first: String, _ second: String, _ isSame: Bool) async throws {
        try await Scratch.with { scratch in
            var rules = ThrottleRules()
            rules.addressAttempts = 4
            let accounts = try await scratch.accounts(throttle: rules)
            for index in 0..<4 {
                #expect(await Self.attempt(accounts, "user\(index)@example.org", "wrong password", first) == .credentialsWrong)
            }
            let next = await Self.attempt(accounts, "user9@example.org", "wrong password", second)
            #expect(next == (isSame ? .throttled(retryAfter: .seconds(1)) : .credentialsWrong))
        }
    }

    @Test func anOwnAccountDoesNotHelpToGuessOthers() async throws {
        try await Scratch.with { scratch in
            var rules = ThrottleRules()
            rules.addressAttempts = 6
            let accounts = try await scratch.accounts(throttle: rules)
            let eve = try await accounts.make("eve")
            var guesses = 0
            for round in 0..<20 {
                _ = await Self.attempt(accounts, eve.email.text, Scratch.password, "192.0.2.1")
                if await Self.attempt(accounts, "user\(round)@example.org", "wrong password", "192.0.2.1") == .credentialsWrong {
                    guesses += 1
                }
            }
            #expect(guesses <= 6)
        }
    }

    @Test func allIsForgottenAfterADay() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let ann = try await accounts.make("ann")
            for _ in 0..<5 { _ = await Self.attempt(accounts, ann.email.text, "wrong password", "192.0.2.1") }
            scratch.clock.advance(.hours(24))
            for _ in 0..<4 {
                #expect(await Self.attempt(accounts, ann.email.text, "wrong password", "192.0.2.1") == .credentialsWrong)
            }
            #expect(await Self.attempt(accounts, ann.email.text, Scratch.password, "192.0.2.1") == nil)
        }
    }

    /// Somebody who tries whenever it is allowed: in a day, five guesses, ten with growing waits, then four an hour.
    @Test func aDayOfGuessing() async throws {
        try await Scratch.with { scratch in
            let accounts = try await scratch.accounts()
            let start = scratch.clock.now
            var guesses = 0
            while scratch.clock.now.duration(since: start) < .hours(24) {
                switch await Self.attempt(accounts, "ann@example.org", "guess number \(guesses)", "192.0.2.\(guesses)") {
                case .throttled(let wait): scratch.clock.advance(wait)
                case .credentialsWrong: guesses += 1
                case let other: Issue.record("\(String(describing: other))")
                }
            }
            #expect((100...112).contains(guesses))
        }
    }
}
