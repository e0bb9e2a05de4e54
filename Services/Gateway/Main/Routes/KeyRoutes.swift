import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/keys`
struct KeyRoutes: Sendable {
    let keys: KeyStore
    let signingSecrets: SigningSecrets
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(.post, "/keys", authenticator.require(.keysManage, create))
        router.on(
            .get, "/keys",
            authenticator.require(.keysManage) { _, principal in
                .json(["keys": .array(keys.list(for: principal).map { $0.document() })] as JSONValue)
            })
        router.on(
            .get, "/keys/{id}",
            authenticator.require(.keysManage) { request, principal in
                .json(try keys.find(request.identifier, for: principal).document())
            })
        router.on(
            .patch, "/keys/{id}",
            authenticator.require(.keysManage) { request, principal in
                var members = try await request.members()
                let models = try Self.models(members.removeValue(forKey: "models"))
                let logs = try members.takeFlag("log_content")
                let body = try Self.changeSchema.decode(.object(members))
                let change = KeyChange(name: body.name, models: models, logsContent: logs)
                return .json(try await keys.update(request.identifier, change, for: principal).document())
            })
        router.on(
            .post, "/keys/{id}/rotate",
            authenticator.require(.keysManage) { request, principal in
                let body = try await request.decoded(by: Self.rotationSchema)
                let rotated = try await keys.rotate(request.identifier, grace: .seconds(body.grace), for: principal)
                return .json(withText(rotated.key, rotated.text))
            })
        router.on(
            .delete, "/keys/{id}",
            authenticator.require(.keysManage) { request, principal in
                try await keys.revoke(request.identifier, for: principal)
                return .empty(.noContent)
            })
    }

    /// What a new key's document may say; every field is checked by the same schema that documents it.
    private struct Body: Sendable {
        var name = ""
        var owner: String?
        var tier: String?
        var expires: String?
        var logsContent = false
    }

    /// What a change may say.
    private struct Change: Sendable {
        var name: String?
    }

    /// What a rotation may say.
    private struct Rotation: Sendable {
        var grace = Int(KeyStore.rotationGrace.seconds)
    }

    private static let schema = Schema(Body()) {
        Field.text("name", \.name, maximumLength: 100, required: true, "What the key is for.")
        Field.text("owner", \.owner, maximumLength: 100, "Whose files and jobs it reaches.")
        Field.text("tier", \.tier, maximumLength: 100, "Whose limits apply.")
        Field.text("expires", \.expires, maximumLength: 40, "When it stops working.")
        Field.flag("log_content", \.logsContent, "Whether messages about its calls of language models carry what was said.")
    }

    private static let changeSchema = Schema(Change()) {
        Field.text("name", \.name, maximumLength: 100, "What the key is for.")
    }

    private static let rotationSchema = Schema(Rotation()) {
        Field.integer(
            "grace_seconds", \.grace, in: 0...Int(KeyStore.longestGrace.seconds), unit: "s", "How long the old secret works.")
    }

    private func create(_ request: Request, _ principal: Principal) async throws -> Response {
        var members = try await request.members()
        let models = try Self.models(members.removeValue(forKey: "models"))
        let names = try members.takeTexts("scopes")
        let standard = principal.isAdministrator ? Scope.standard : principal.scopes
        let scopes = names.map { Set($0.map(Scope.init(rawValue:))) } ?? standard
        let body = try Self.schema.decode(.object(members))
        let expires = try body.expires.map { text in
            guard let time = Timestamp(iso8601: text) else {
                throw Problem(
                    status: .unprocessableContent, code: "wrong-type", "expires must be a time like 2027-01-01T00:00:00Z",
                    field: "expires")
            }
            return time
        }
        let made = try await keys.create(
            KeyRequest(
                name: body.name, owner: body.owner, tier: body.tier, scopes: scopes, expires: expires, models: models,
                logsContent: body.logsContent),
            by: principal)
        return .json(withText(made.key, made.text), status: .created).adding("Location", "/keys/\(made.key.id)")
    }

    /// - Returns: `nil` when nothing is said; `null` means every model.
    private static func models(_ value: JSONValue?) throws -> KeyModels? {
        guard let value else { return nil }
        if value == .null { return .all }
        guard let names = value.arrayValue?.map(\.stringValue), !names.contains(nil) else {
            throw Problem(
                status: .unprocessableContent, code: "wrong-type", "models must be a list of models or null", field: "models")
        }
        return KeyModels(names.compactMap { $0 })
    }

    private func withText(_ key: APIKey, _ text: String) -> JSONValue {
        guard case .object(var members) = key.document() else { return .null }
        members["key"] = .string(text)
        members["signing_secret"] = .string(signingSecrets.text(of: key))
        return .object(members)
    }
}
