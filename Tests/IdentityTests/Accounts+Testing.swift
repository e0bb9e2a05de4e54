import Identity
import Primitives

extension PasswordCost {
    /// The least that libsodium takes, so that tests are quick.
    static let least = PasswordCost(passes: 1, memory: 8192)
}

extension Scratch {
    static let password = "correct horse battery"

    func accounts(
        _ mode: RegistrationMode = .open, cost: PasswordCost = .least, throttle: ThrottleRules = ThrottleRules(),
        sessions: SessionRules = SessionRules(), rules: AccountRules = AccountRules()
    ) async throws -> Accounts {
        var rules = rules
        rules.registration = mode
        return try await Accounts(
            database, rules: rules, sessions: sessions, throttle: throttle, hasher: PasswordHasher(cost: cost, threads: 1),
            clock: clock.read)
    }
}

extension Accounts {
    /// A new user with the test's password and an organisation of their own.
    func make(_ name: String) async throws -> User {
        try await create(Registration(email: "\(name)@example.org", password: Scratch.password, name: name))
    }

    func logIn(_ user: User, _ password: String = Scratch.password, from address: String = "192.0.2.1") async throws -> (
        session: Session, text: String
    ) {
        try await logIn(email: user.email.text, password: password, from: address)
    }

    func organisation(of user: User) async throws -> String { try await memberships(of: user.id).first?.organisation.id ?? "" }
}
