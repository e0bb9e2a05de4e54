import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Identity
import Primitives
import ServiceRuntime

/// `/organisations`: who shares files, jobs and limits.
struct OrganisationRoutes: Sendable {
    let gateway: Gateway
    let authenticator: Authenticator
    private var accounts: Accounts { gateway.accounts }

    init(gateway: Gateway, authenticator: Authenticator) {
        (self.gateway, self.authenticator) = (gateway, authenticator)
    }

    func add(to router: inout Router) {
        router.on(
            .get, "/organisations",
            authenticator.require(nil) { _, principal in
                let all = try await accounts.memberships(of: try principal.requirePerson())
                return .json(["organisations": .array(all.map(\.document))] as JSONValue)
            })
        router.on(
            .post, "/organisations",
            authenticator.require(nil) { request, principal in
                let person = try principal.requirePerson()
                let body = try await request.decoded(by: Self.naming)
                let made = try await accounts.createOrganisation(named: body.name, owner: person)
                return .json(["organisation": .string(made.id), "name": .string(made.name)] as JSONValue, status: .created)
            })
        router.on(.patch, "/organisations/{id}", authenticator.require(nil, change))
        router.on(
            .delete, "/organisations/{id}",
            authenticator.require(nil) { request, principal in
                try await gateway.deleteOrganisation(request.identifier, by: try principal.actor())
                return .empty(.noContent)
            })
        addMembers(to: &router)
        addInvitations(to: &router)
    }

    private func addMembers(to router: inout Router) {
        router.on(
            .get, "/organisations/{id}/members",
            authenticator.require(nil) { request, principal in
                let members = try await accounts.members(of: request.identifier, for: try principal.actor())
                return .json(["members": .array(members.map(\.document))] as JSONValue)
            })
        router.on(
            .put, "/organisations/{id}/members/{user}",
            authenticator.require(nil) { request, principal in
                let body = try await request.decoded(by: Self.ranking)
                try await gateway.setRole(
                    of: request.parameters["user"] ?? "", in: request.identifier, to: body.role, by: try principal.actor())
                return .empty(.noContent)
            })
        router.on(
            .delete, "/organisations/{id}/members/{user}",
            authenticator.require(nil) { request, principal in
                try await gateway.removeMember(
                    request.parameters["user"] ?? "", from: request.identifier, by: try principal.actor())
                return .empty(.noContent)
            })
    }

    private func addInvitations(to router: inout Router) {
        router.on(
            .get, "/organisations/{id}/invitations",
            authenticator.require(nil) { request, principal in
                let open = try await accounts.invitations(of: request.identifier, for: try principal.actor())
                return .json(["invitations": .array(open.map(\.document))] as JSONValue)
            })
        router.on(
            .post, "/organisations/{id}/invitations",
            authenticator.require(nil) { request, principal in
                let body = try await request.decoded(by: Self.inviting)
                let made = try await accounts.invite(
                    body.email, to: request.identifier, as: body.role, by: try principal.actor())
                return made.invitation.response(text: made.text)
            })
        router.on(
            .delete, "/organisations/{id}/invitations/{invitation}",
            authenticator.require(nil) { request, principal in
                try await accounts.withdraw(
                    invitation: request.parameters["invitation"] ?? "", of: request.identifier, by: try principal.actor())
                return .empty(.noContent)
            })
    }

    private struct Naming: Sendable {
        var name = ""
    }

    private struct Change: Sendable {
        var name: String?
        var tier: String?
    }

    private struct Ranking: Sendable {
        var role = OrganisationRole.viewer
    }

    private struct Inviting: Sendable {
        var email = ""
        var role = OrganisationRole.viewer
    }

    private static let naming = Schema(Naming()) {
        Field.text("name", \.name, maximumLength: 100, required: true, "What people call it.")
    }

    private static let changing = Schema(Change()) {
        Field.text("name", \.name, maximumLength: 100, "What people call it.")
        Field.text("tier", \.tier, maximumLength: 100, "Whose limits apply; for administrators.")
    }

    private static let ranking = Schema(Ranking()) {
        Field.choice("role", \.role, "What the member may.")
    }

    private static let inviting = Schema(Inviting()) {
        Field.text("email", \.email, maximumLength: 300, required: true, "Who may use the invitation.")
        Field.choice("role", \.role, "What they may then.")
    }

    private func change(_ request: Request, _ principal: Principal) async throws -> Response {
        let body = try await request.decoded(by: Self.changing)
        let actor = try principal.actor()
        if body.tier != nil, actor != .administrator {
            throw Problem(status: .forbidden, code: "scope-missing", "only administrators set tiers", field: "tier")
        }
        if let name = body.name { try await accounts.rename(request.identifier, to: name, by: actor) }
        if let tier = body.tier { try await accounts.setTier(of: request.identifier, to: tier) }
        return .empty(.noContent)
    }
}

extension Invitation {
    /// The answer to whoever made it; its text is shown this once.
    func response(text: String) -> Response {
        guard case .object(var members) = document else { return .empty(.internalServerError) }
        members["invitation"] = .string(text)
        return Response.json(.object(members), status: .created).withheld()
    }
}
