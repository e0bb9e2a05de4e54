import Contracts
import GatewayCore
import HTTP
import Primitives
import Testing

struct AdministrationRouteTests {
    @Test func aKeyLivesThroughItsRoutes() async throws {
        try await Door.with { door in
            let made = try await door.json(
                .post, "/keys", as: .administrator, ["name": "guest", "owner": "bob", "scopes": ["files:read"]])
            #expect(made.status == 201)
            let id = try #require(try made.document["id"]?.stringValue)
            let text = try #require(try made.document["key"]?.stringValue)
            #expect(made.headers["Location"] == "/keys/\(id)")
            #expect(door.studio.gateway.keys.authenticate(text)?.owner == "bob")

            let list = try await door.send(.get, "/keys", as: .administrator)
            #expect(try list.document["keys"]?[0]?["id"]?.stringValue == id)
            #expect(!String(decoding: list.body, as: UTF8.self).contains(text.suffix(64)))
            #expect(try await door.send(.get, "/keys/\(id)", as: .administrator).document["state"] == "active")
            #expect(try await door.send(.get, "/keys/\(id)", as: .of("ann", [.keysManage])).status == 404)

            let rotated = try await door.send(.post, "/keys/\(id)/rotate", as: .administrator)
            #expect(rotated.status == 200)
            #expect(try rotated.document["key"]?.stringValue.map { $0 != text } == true)
            #expect(try await door.send(.delete, "/keys/\(id)", as: .administrator).status == 204)
            #expect(door.studio.gateway.keys.authenticate(text) == nil)
            #expect(try await door.send(.get, "/keys/\(id)", as: .administrator).document["state"] == "revoked")
        }
    }

    @Test(
        arguments: [
            ("{}", 422, "missing-field", "name"), ("[]", 400, "wrong-type", nil), ("{", 400, "invalid-json", nil),
            (#"{"name": "a", "surprise": 1}"#, 422, "unknown-field", "surprise"), (#"{"name": 7}"#, 422, "wrong-type", "name"),
            (#"{"name": "a", "scopes": "files:read"}"#, 422, "wrong-type", "scopes"),
            (#"{"name": "a", "scopes": ["x"]}"#, 422, "invalid-key", nil),
            (#"{"name": "a", "expires": "tomorrow"}"#, 422, "wrong-type", "expires"),
            (#"{"name": "a", "expires": "2001-01-01T00:00:00Z"}"#, 422, "invalid-key", nil),
        ] as [(String, Int, String, String?)])
    func wrongKeysAreExplained(_ body: String, _ status: Int, _ code: String, _ field: String?) async throws {
        try await Door.with { door in
            let answer = try await door.send(
                .post, "/keys", as: .administrator, headers: ["Content-Type": "application/json"], body: Bytes(body.utf8))
            #expect(answer.status == status)
            #expect(answer.headers["Content-Type"] == "application/problem+json")
            #expect(try answer.document["code"]?.stringValue == code)
            #expect(try answer.document["field"]?.stringValue == field)
        }
    }

    @Test func keysAreForThoseWhoMayManageThem() async throws {
        try await Door.with { door in
            #expect(try await door.send(.get, "/keys", as: nil).status == 401)
            #expect(try await door.send(.get, "/keys").status == 403)
            let manager = Principal.of("ann", [.keysManage, .filesRead])
            let answer = try await door.json(.post, "/keys", as: manager, ["name": "a", "scopes": ["admin"]])
            #expect(answer.status == 403)
            #expect(try answer.document["code"] == "scope-not-held")
            let made = try await door.json(.post, "/keys", as: manager, ["name": "a"])
            #expect(try made.document["scopes"] == ["files:read", "keys:manage"])
            #expect(try made.document["owner"] == "ann")
        }
    }

    @Test func limitsAreReadAndSet() async throws {
        try await Door.with { door in
            let limits: JSONValue = ["tiers": ["standard": ["default": ["requests": 5, "window_seconds": 10]]]]
            #expect(try await door.json(.put, "/limits", as: .administrator, limits).document == limits)
            #expect(try await door.send(.get, "/limits", as: .administrator).document == limits)
            #expect(door.studio.gateway.limiter.limits.tiers["standard"]?["default"] == RateRule(requests: 5, windowSeconds: 10))
            #expect(try await door.send(.get, "/limits").status == 403)
            let wrong = try await door.json(
                .put, "/limits", as: .administrator, ["tiers": ["standard": ["default": ["requests": 0, "window_seconds": 10]]]])
            #expect(wrong.status == 422)
            #expect(try wrong.document["field"] == "tiers.standard.default")
            #expect(try await door.json(.put, "/limits", as: .administrator, ["tiers": 7]).status == 400)
            #expect(try await door.send(.get, "/limits", as: .administrator).document == limits)
        }
    }
}
