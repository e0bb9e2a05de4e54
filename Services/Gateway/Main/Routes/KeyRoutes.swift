import Contracts
import GatewayCore
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/keys`
struct KeyRoutes: Sendable {
    let keys: KeyStore
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
            .post, "/keys/{id}/rotate",
            authenticator.require(.keysManage) { request, principal in
                let rotated = try await keys.rotate(request.identifier, for: principal)
                return .json(Self.withText(rotated.key, rotated.text))
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
    }

    private static let schema = Schema(Body()) {
        Field.text("name", \.name, maximumLength: 100, required: true, "What the key is for.")
        Field.text("owner", \.owner, maximumLength: 100, "Whose files and jobs it reaches.")
        Field.text("tier", \.tier, maximumLength: 100, "Whose limits apply.")
        Field.text("expires", \.expires, maximumLength: 40, "When it stops working.")
    }

    private func create(_ request: Request, _ principal: Principal) async throws -> Response {
        guard case .object(var members) = try JSONValue(parsing: try await request.body.collect(upTo: .kib(16))) else {
            throw Problem(status: .badRequest, code: "wrong-type", "the body must be an object")
        }
        let scopes = try Self.scopes(members.removeValue(forKey: "scopes"), principal)
        let models = try Self.texts(members.removeValue(forKey: "models"), "models")
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
            KeyRequest(name: body.name, owner: body.owner, tier: body.tier, scopes: scopes, expires: expires, models: models),
            by: principal)
        return .json(Self.withText(made.key, made.text), status: .created).adding("Location", "/keys/\(made.key.id)")
    }

    private static func scopes(_ value: JSONValue?, _ principal: Principal) throws -> Set<Scope> {
        guard let names = try texts(value, "scopes") else {
            return principal.isAdministrator ? [.filesRead, .filesWrite, .audioRun, .modelsRun] : principal.scopes
        }
        return Set(names.map(Scope.init(rawValue:)))
    }

    private static func texts(_ value: JSONValue?, _ field: String) throws -> [String]? {
        guard let value, value != .null else { return nil }
        guard let texts = value.arrayValue?.map(\.stringValue), !texts.isEmpty, !texts.contains(nil) else {
            throw Problem(status: .unprocessableContent, code: "wrong-type", "\(field) must be a list of names", field: field)
        }
        return texts.compactMap { $0 }
    }

    private static func withText(_ key: APIKey, _ text: String) -> JSONValue {
        guard case .object(var members) = key.document() else { return .null }
        members["key"] = .string(text)
        return .object(members)
    }
}

extension Request {
    /// The `{id}` of the path.
    var identifier: String { parameters["id"] ?? "" }

    /// The `limit` of a list, 1 to 500, 50 when it is not given.
    func pageLimit() throws -> Int {
        guard let text = query["limit"] else { return 50 }
        guard let limit = Int(text), (1...500).contains(limit) else {
            throw Problem(status: .badRequest, code: "out-of-range", "limit must be between 1 and 500", field: "limit")
        }
        return limit
    }
}
