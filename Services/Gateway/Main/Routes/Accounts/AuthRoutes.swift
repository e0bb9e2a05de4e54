import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Identity
import Primitives
import ServiceRuntime

/// `/auth`: becoming known. Registering and logging in need no credential; nobody is told by them who has an account.
struct AuthRoutes: Sendable {
    let gateway: Gateway
    let admission: Admission
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(.post, "/auth/register") { try await register($0) }
        router.on(.post, "/auth/login") { try await logIn($0) }
        router.on(
            .post, "/auth/logout",
            authenticator.require(nil) { _, principal in
                let (person, session) = try principal.loggedIn()
                try await gateway.accounts.sessions.end(session, of: person)
                return .empty(.noContent)
            })
        router.on(.post, "/auth/token", authenticator.require(nil, token))
        router.on(.post, "/auth/download", authenticator.require(nil, download))
    }

    private struct NewAccount: Sendable {
        var email = ""
        var password = ""
        var name = ""
        var invitation: String?
    }

    private struct Login: Sendable {
        var email = ""
        var password = ""
    }

    private struct Download: Sendable {
        var path = ""
    }

    private static let download = Schema(Download()) {
        Field.text(
            "path", \.path, maximumLength: DownloadTokens.pathLimit, required: true, "What will be read, without its query.")
    }

    private static let registration = Schema(NewAccount()) {
        Field.text("email", \.email, maximumLength: 300, required: true, "The address to log in with.")
        Field.text("password", \.password, maximumLength: 1024, required: true, "At least 12 characters.")
        Field.text("name", \.name, maximumLength: 200, required: true, "What others see.")
        Field.text("invitation", \.invitation, maximumLength: 200, "The text of an invitation.")
    }

    private static let login = Schema(Login()) {
        Field.text("email", \.email, maximumLength: 300, required: true, "The account's address.")
        Field.text("password", \.password, maximumLength: 1024, required: true, "Its password.")
    }

    // Optimised, this and `logIn` end the compiler of Swift 6.3 with a fault while it splits the coroutine.
    @_optimize(none) private func register(_ request: Request) async throws -> Response {
        let body = try await request.decoded(by: Self.registration)
        let registration = Registration(
            email: body.email, password: body.password, name: body.name, invitation: body.invitation)
        try await refusalsTakenDown(request) {
            try await gateway.accounts.register(registration, from: request.clientAddress)
        }
        // The same whether the account is new or was there.
        admission.record(request, person: nil, outcome: "registered")
        return .json(["status": "accepted", "next": "POST /auth/login"] as JSONValue, status: .accepted)
    }

    @_optimize(none) private func logIn(_ request: Request) async throws -> Response {
        let body = try await request.decoded(by: Self.login)
        let device = request.headers["User-Agent"] ?? ""
        let begun = try await refusalsTakenDown(request) { try await begin(body, request.clientAddress, device) }
        admission.record(request, person: begun.session.user, outcome: "logged-in")
        return try await answer(begun)
    }

    /// A session with its text.
    private struct Begun: Sendable {
        let session: Session
        let text: String
    }

    private func begin(_ body: Login, _ address: String, _ device: String) async throws -> Begun {
        let (session, text) = try await gateway.accounts.logIn(
            email: body.email, password: body.password, from: address, device: device)
        return Begun(session: session, text: text)
    }

    private func answer(_ begun: Begun) async throws -> Response {
        let memberships = try await gateway.accounts.memberships(of: begun.session.user)
        let document: JSONValue = [
            "token": .string(begun.text), "session": begun.session.document(rules: gateway.accounts.sessions.rules),
            "organisations": .array(memberships.map(\.document)),
        ]
        return Response.json(document).withheld()
    }

    private func refusalsTakenDown<T: Sendable>(
        _ request: Request, _ body: @Sendable () async throws -> T
    ) async throws -> T {
        do {
            return try await body()
        } catch {
            if let error = error as? IdentityError { admission.record(request, person: nil, outcome: error.code) }
            throw error
        }
    }

    /// A token of a minute for reading one path.
    private func download(_ request: Request, _ principal: Principal) async throws -> Response {
        let path = try await request.decoded(by: Self.download).path
        guard path.hasPrefix("/"), !path.contains("?") else {
            throw Problem(
                status: .unprocessableContent, code: "out-of-range", "path must begin with / and have no query", field: "path")
        }
        let (token, seconds) = gateway.downloads.token(for: principal, path: path)
        return Response.json(["token": .string(token), "expires_in": .integer(seconds)] as JSONValue).withheld()
    }

    /// A token of a few minutes in the name of one organisation, for pages that should not hold the session itself.
    private func token(_ request: Request, _ principal: Principal) async throws -> Response {
        let (person, id) = try principal.loggedIn()
        let sessions = try await gateway.accounts.sessions.list(of: person)
        guard let session = sessions.first(where: { $0.id == id }) else { throw IdentityError.notFound }
        let document: JSONValue = [
            "token": .string(gateway.tokens.token(for: principal, session: session)), "token_type": "Bearer",
            "organisation": JSONValue(principal.organisation),
            "expires_in": .integer(DashboardTokens.lifetime.milliseconds / 1000),
        ]
        return Response.json(document).withheld()
    }
}
