import Contracts
import GatewayCore
import HTTP
import Primitives
import Testing

struct KeyRouteTests {
    @Test func modelsOfAKey() async throws {
        try await Door.with { door in
            let made = try await door.json(
                .post, "/keys", as: .administrator, ["name": "guest", "scopes": ["files:read"], "models": ["gpt-5*"]])
            #expect(made.status == 201)
            #expect(try made.document["models"] == ["gpt-5*"])
            #expect(try made.document["log_content"] == false)
            let id = try #require(try made.document["id"]?.stringValue)
            let changed = try await door.json(
                .patch, "/keys/\(id)", as: .administrator, ["models": nil, "name": "friend"])
            #expect(changed.status == 200)
            #expect(try changed.document["models"] == .null)
            #expect(try changed.document["name"] == "friend")
            #expect(try changed.document["log_content"] == false)
            let logged = try await door.json(.patch, "/keys/\(id)", as: .administrator, ["log_content": true])
            #expect(try logged.document["log_content"] == true && logged.document["name"] == "friend")
            #expect(try await door.json(.patch, "/keys/\(id)", as: .of("ann", [.keysManage]), ["name": "x"]).status == 404)
        }
    }

    @Test(
        arguments: [
            ["models": "gpt-5"], ["models": [1]], ["models": ["a*b"]], ["name": ""], ["unknown": 1],
            ["log_content": "yes"], ["log_content": 1],
        ] as [JSONValue])
    func changesThatMakeNoSense(_ body: JSONValue) async throws {
        try await Door.with { door in
            let made = try await door.json(.post, "/keys", as: .administrator, ["name": "guest", "scopes": ["files:read"]])
            let id = try #require(try made.document["id"]?.stringValue)
            let status = try await door.json(.patch, "/keys/\(id)", as: .administrator, body).status
            #expect((400...422).contains(status))
            #expect(try await door.send(.get, "/keys/\(id)", as: .administrator).document["name"] == "guest")
        }
    }

    @Test func theGraceOfARotation() async throws {
        try await Door.with { door in
            let made = try await door.json(.post, "/keys", as: .administrator, ["name": "guest", "scopes": ["files:read"]])
            let id = try #require(try made.document["id"]?.stringValue)
            let old = try #require(try made.document["key"]?.stringValue)
            let kept = try await door.send(.post, "/keys/\(id)/rotate", as: .administrator)
            #expect(try kept.document["previous_until"]?.stringValue != nil)
            #expect(door.studio.gateway.keys.authenticate(old) != nil)
            let once = try await door.json(.post, "/keys/\(id)/rotate", as: .administrator, ["grace_seconds": 0])
            #expect(try once.document["previous_until"] == .null)
            #expect(door.studio.gateway.keys.authenticate(try #require(try kept.document["key"]?.stringValue)) == nil)
            let tooLong = try await door.json(.post, "/keys/\(id)/rotate", as: .administrator, ["grace_seconds": 10_000_000])
            #expect((400...422).contains(tooLong.status))
        }
    }
}
