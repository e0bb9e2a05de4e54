import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Identity
import Primitives
import ServiceRuntime

/// `/me`: what people see and decide about themselves.
struct MeRoutes: Sendable {
    let gateway: Gateway
    let authenticator: Authenticator
    private var accounts: Accounts { gateway.accounts }

    init(gateway: Gateway, authenticator: Authenticator) {
        (self.gateway, self.authenticator) = (gateway, authenticator)
    }

    func add(to router: inout Router) {
        router.on(.get, "/me", authenticator.require(nil, me))
        router.on(.delete, "/me", authenticator.require(nil, delete))
        router.on(.post, "/me/password", authenticator.require(nil, changePassword))
        router.on(.post, "/me/invitations", authenticator.require(nil, accept))
        router.on(
            .get, "/me/sessions",
            authenticator.require(nil) { _, principal in
                let sessions = try await accounts.sessions.list(of: try principal.requirePerson())
                let documents = sessions.map { session -> JSONValue in
                    guard case .object(var members) = session.document(rules: accounts.sessions.rules) else { return .null }
                    members["current"] = .bool(session.id == principal.session)
                    return .object(members)
                }
                return .json(["sessions": .array(documents)] as JSONValue)
            })
        router.on(
            .delete, "/me/sessions",
            authenticator.require(nil) { _, principal in
                let (person, session) = try principal.loggedIn()
                try await accounts.sessions.end(of: person, except: session)
                return .empty(.noContent)
            })
        router.on(
            .delete, "/me/sessions/{id}",
            authenticator.require(nil) { request, principal in
                try await accounts.sessions.end(request.identifier, of: try principal.loggedIn().person)
                return .empty(.noContent)
            })
    }

    private struct PasswordChange: Sendable {
        var old = ""
        var new = ""
    }

    private struct Confirmation: Sendable {
        var password = ""
    }

    private struct Acceptance: Sendable {
        var invitation = ""
    }

    private static let passwordChange = Schema(PasswordChange()) {
        Field.text("old", \.old, maximumLength: 1024, required: true, "The password of now.")
        Field.text("new", \.new, maximumLength: 1024, required: true, "The one to come.")
    }

    private static let confirmation = Schema(Confirmation()) {
        Field.text("password", \.password, maximumLength: 1024, required: true, "The account's password, to be sure.")
    }

    private static let acceptance = Schema(Acceptance()) {
        Field.text("invitation", \.invitation, maximumLength: 200, required: true, "The text of an invitation.")
    }

    /// For keys too: who the studio takes the caller for.
    private func me(_ request: Request, _ principal: Principal) async throws -> Response {
        var document: [String: JSONValue] = [
            "subject": .string(principal.subject), "owner": .string(principal.owner), "tier": .string(principal.tier),
            "scopes": .array(principal.scopes.sorted().map { .string($0.rawValue) }),
            "organisation": JSONValue(principal.organisation),
        ]
        if let person = principal.person {
            document["user"] = try await accounts.find(person).document
            document["organisations"] = .array(try await accounts.memberships(of: person).map(\.document))
        }
        return .json(.object(document))
    }

    private func changePassword(_ request: Request, _ principal: Principal) async throws -> Response {
        let (person, session) = try principal.loggedIn()
        let body = try await request.decoded(by: Self.passwordChange)
        try await accounts.changePassword(
            of: person, from: body.old, to: body.new, keeping: session, address: request.clientAddress)
        return .empty(.noContent)
    }

    private func accept(_ request: Request, _ principal: Principal) async throws -> Response {
        let body = try await request.decoded(by: Self.acceptance)
        let person = try principal.loggedIn().person
        try await accounts.accept(body.invitation, by: person)
        return .json(["organisations": .array(try await accounts.memberships(of: person).map(\.document))] as JSONValue)
    }

    private func delete(_ request: Request, _ principal: Principal) async throws -> Response {
        let person = try principal.loggedIn().person
        let body = try await request.decoded(by: Self.confirmation)
        try await gateway.deleteUser(person, password: body.password, from: request.clientAddress)
        return .empty(.noContent)
    }
}
