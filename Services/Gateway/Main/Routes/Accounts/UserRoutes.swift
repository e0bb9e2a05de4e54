import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Identity
import Primitives
import ServiceRuntime

/// `/users` and `/invitations`: accounts in the hands of administrators.
struct UserRoutes: Sendable {
    let gateway: Gateway
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(
            .post, "/users",
            authenticator.require(.admin) { request, _ in
                let body = try await request.decoded(by: Self.newUser)
                let user = try await gateway.accounts.create(
                    Registration(email: body.email, password: body.password, name: body.name), organisation: body.organisation,
                    role: body.role)
                return .json(user.document, status: .created).adding("Location", "/users/\(user.id)")
            })
        router.on(
            .get, "/users",
            authenticator.require(.admin) { request, _ in
                let limit = try request.pageLimit()
                let page = try await gateway.accounts.page(before: request.query["before"], limit: limit)
                let document: JSONValue = [
                    "users": .array(page.map(\.document)), "next": JSONValue(page.count == limit ? page.last?.id : nil),
                ]
                return .json(document)
            })
        router.on(
            .get, "/users/{id}",
            authenticator.require(.admin) { request, _ in
                .json(try await gateway.accounts.find(request.identifier).document)
            })
        router.on(
            .delete, "/users/{id}",
            authenticator.require(.admin) { request, _ in
                try await gateway.deleteUser(request.identifier, password: nil, from: request.clientAddress)
                return .empty(.noContent)
            })
        router.on(
            .post, "/invitations",
            authenticator.require(.admin) { request, _ in
                let body = try await request.decoded(by: Self.newInvitation)
                let made = try await gateway.accounts.invite(body.email, to: nil, as: .owner, by: .administrator)
                return made.invitation.response(text: made.text)
            })
    }

    private struct NewUser: Sendable {
        var email = ""
        var password = ""
        var name = ""
        var organisation: String?
        var role = OrganisationRole.viewer
    }

    private struct NewInvitation: Sendable {
        var email = ""
    }

    private static let newUser = Schema(NewUser()) {
        Field.text("email", \.email, maximumLength: 300, required: true, "The address to log in with.")
        Field.text("password", \.password, maximumLength: 1024, required: true, "At least 12 characters.")
        Field.text("name", \.name, maximumLength: 200, required: true, "What others see.")
        Field.text("organisation", \.organisation, maximumLength: 100, "Which one they join; one of their own without.")
        Field.choice("role", \.role, "What they may in it.")
    }

    private static let newInvitation = Schema(NewInvitation()) {
        Field.text("email", \.email, maximumLength: 300, required: true, "Who may register with it.")
    }
}
