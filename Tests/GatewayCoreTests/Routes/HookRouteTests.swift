import Contracts
import GatewayCore
import HTTP
import Identity
import Primitives
import Testing

/// `/hooks` over HTTP: whoever has a key makes them, whoever has the secret sends.
struct HookRouteTests {
    private static let manager = Principal.of("ann", [.webhooksManage])

    private func make(_ door: Door, scheme: String = "standard") async throws -> (path: String, secret: WebhookSecret) {
        let made = try await door.json(
            .post, "/hooks", as: Self.manager, ["name": "shop", "event": "orders.paid", "scheme": .string(scheme)])
        #expect(made.status == 201)
        #expect(made.headers["Cache-Control"] == "no-store")
        let path = try #require(try made.document["path"]?.stringValue)
        #expect(made.headers["Location"] == path)
        return (path, try #require(try made.document["secret"]?.stringValue.flatMap(WebhookSecret.init(text:))))
    }

    private func send(
        _ door: Door, _ path: String, _ secret: WebhookSecret, id: String = "msg_1", _ body: Bytes = Bytes("{}".utf8)
    ) async throws -> Door.Answer {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        for header in WebhookSignature.headers(id: id, time: .now(), payload: body, secrets: [secret]) {
            headers[header.name] = header.value
        }
        return try await door.send(.post, path, as: nil, headers: headers, body: body)
    }

    /// What the audit log says of hooks, the oldest first.
    private func audited(_ door: Door) async throws -> [String] {
        let writing = Task { try await door.studio.gateway.audit.run() }
        await door.studio.gateway.audit.drain()
        try await writing.value
        return try await door.studio.gateway.audit.page(before: nil, limit: 100).reversed().map { "\($0.path) \($0.outcome)" }
    }

    @Test func aHookLivesThroughItsRoutes() async throws {
        try await Door.with { door in
            let (path, secret) = try await make(door)
            let shown = try await door.send(.get, path, as: Self.manager)
            #expect(try shown.document["enabled"] == true && shown.document["secret"] == nil)
            let list = try await door.send(.get, "/hooks", as: Self.manager)
            #expect(try list.document["hooks"]?[0]?["path"]?.stringValue == path)

            let first = try await send(door, path, secret)
            #expect(first.status == 202)
            #expect(try first.document == ["message": "msg_1", "repeated": false])
            let second = try await send(door, path, secret)
            #expect(second.status == 202)
            #expect(try second.document == ["message": "msg_1", "repeated": true])

            let rotated = try await door.json(.post, path + "/rotate", as: Self.manager, ["overlap_seconds": 0])
            let new = try #require(try rotated.document["secret"]?.stringValue.flatMap(WebhookSecret.init(text:)))
            #expect(try await send(door, path, secret).status == 401)
            #expect(try await door.json(.patch, path, as: Self.manager, ["enabled": false]).document["enabled"] == false)
            #expect(try await send(door, path, new, id: "msg_2").status == 410)

            let page = try await door.send(.get, path + "/deliveries?limit=2", as: Self.manager).document
            #expect(page["deliveries"]?.arrayValue?.map { $0["outcome"] } == ["hook-disabled", "signature-wrong"])
            let next = try #require(page["next"]?.integerValue)
            let rest = try await door.send(.get, path + "/deliveries?before=\(next)", as: Self.manager).document
            #expect(rest["deliveries"]?.arrayValue?.map { $0["outcome"] } == ["waiting"])
            #expect(rest["deliveries"]?[0]?["repeats"] == 1 && rest["next"] == .null)

            #expect(try await door.send(.delete, path, as: Self.manager).status == 204)
            #expect(try await send(door, path, new, id: "msg_3").status == 404)
            let outcomes = [
                "hook-made", "accepted", "repeated", "hook-rotated", "signature-refused", "hook-disabled", "hook-disabled",
                "hook-ended", "hook-not-found",
            ]
            #expect(try await audited(door) == outcomes.map { "\(path) \($0)" })
        }
    }

    /// Missing, wrong and late signatures look the same to senders; so do hooks that never were and those that have ended.
    @Test func strangersLearnNothing() async throws {
        try await Door.with { door in
            let (path, secret) = try await make(door)
            let wrong = try await send(door, path, try #require(WebhookSecret(Bytes(repeating: 1, count: 32))))
            let missing = try await door.send(.post, path, as: nil, body: Bytes("{}".utf8))
            var headers: HTTPHeaders = [:]
            let signed = WebhookSignature.headers(
                id: "a", time: .now().advanced(by: .minutes(-6)), payload: Bytes("{}".utf8), secrets: [secret])
            for header in signed { headers[header.name] = header.value }
            let late = try await door.send(.post, path, as: nil, headers: headers, body: Bytes("{}".utf8))
            #expect(wrong.status == 401 && wrong.headers["WWW-Authenticate"] != nil)
            #expect(missing.body == wrong.body && late.body == wrong.body && missing.status == 401 && late.status == 401)
            let (ended, _) = try await make(door)
            #expect(try await door.send(.delete, ended, as: Self.manager).status == 204)
            let unknown = try await send(door, "/hooks/hook_0123456789abcdefghjkmnpqrs", secret)
            let odd = try await send(door, "/hooks/x", secret)
            let gone = try await send(door, ended, secret)
            #expect([unknown.status, odd.status, gone.status] == [404, 404, 404])
            #expect(unknown.body == gone.body && odd.body == gone.body)
            let reasons = try await door.send(.get, path + "/deliveries", as: Self.manager).document["deliveries"]?.arrayValue
            #expect(reasons?.map { $0["outcome"] } == ["signature-time", "signature-missing", "signature-wrong"])
        }
    }

    @Test func longBodiesAndTooManyMessages() async throws {
        try await Door.with { door in
            let (path, secret) = try await make(door)
            let fits = try await send(door, path, secret, id: "fits", Bytes(repeating: 0x61, count: 48 << 10))
            #expect(fits.status == 202)
            let long = try await send(door, path, secret, id: "long", Bytes(repeating: 0x61, count: 48 << 10 + 1))
            #expect(long.status == 413)
            let limits =
                [
                    "tiers": [
                        "standard": [
                            "default": ["requests": 100, "window_seconds": 60],
                            "hooks": ["requests": 2, "window_seconds": 3600],
                        ]
                    ]
                ] as JSONValue
            #expect(try await door.json(.put, "/limits", as: .administrator, limits).status == 200)
            // What strangers send takes nothing from what the sender may send.
            let stranger = try #require(WebhookSecret(Bytes(repeating: 1, count: 32)))
            for _ in 0..<5 { #expect(try await send(door, path, stranger).status == 401) }
            var statuses: [Int] = []
            for number in 0..<4 { statuses.append(try await send(door, path, secret, id: "m\(number)").status) }
            #expect(statuses.filter { $0 == 202 }.count <= 2 && statuses.last == 429)
            let refused = try await send(door, path, secret, id: "m9")
            #expect(refused.headers["Retry-After"].flatMap(Int.init).map { $0 > 0 } == true)
            let page = try await door.send(.get, path + "/deliveries?limit=1", as: Self.manager).document
            #expect(page["deliveries"]?[0]?["outcome"] == "rate-limited" && page["deliveries"]?[0]?["message"] == "m9")
        }
    }

    @Test(
        arguments: [
            (#"{"event": "a"}"#, 422, "missing-field", "name"), (#"{"name": "a"}"#, 422, "missing-field", "event"),
            (#"{"name": "a", "event": "a b"}"#, 422, "invalid-event-type", "event"),
            (#"{"name": "a", "event": "a", "scheme": "x"}"#, 422, "out-of-range", "scheme"),
            (#"{"name": "a", "event": "a", "secret": "x"}"#, 422, "invalid-secret", "secret"),
            (#"{"name": "a", "event": "a", "secret": 7}"#, 422, "wrong-type", "secret"),
            (#"{"name": "a", "event": "a", "url": "x"}"#, 422, "unknown-field", "url"), ("[]", 400, "wrong-type", nil),
        ] as [(String, Int, String, String?)])
    func wrongHooksAreExplained(_ body: String, _ status: Int, _ code: String, _ field: String?) async throws {
        try await Door.with { door in
            let answer = try await door.send(
                .post, "/hooks", as: Self.manager, headers: ["Content-Type": "application/json"], body: Bytes(body.utf8))
            #expect(answer.status == status)
            #expect(try answer.document["code"]?.stringValue == code)
            #expect(try answer.document["field"]?.stringValue == field)
            #expect(try await door.studio.rows("hook") == 0)
        }
    }

    @Test func othersSeeNothing() async throws {
        try await Door.with { door in
            let (path, _) = try await make(door)
            for other in [Principal.of("bob", [.webhooksManage])] {
                #expect(try await door.send(.get, path, as: other).status == 404)
                #expect(try await door.send(.delete, path, as: other).status == 404)
                #expect(try await door.json(.post, path + "/rotate", as: other, [:]).status == 404)
                #expect(try await door.send(.get, path + "/deliveries", as: other).status == 404)
            }
            #expect(try await door.send(.get, path, as: .of("ann", [.filesRead])).status == 403)
            #expect(try await door.json(.post, "/hooks", as: nil, ["name": "a", "event": "a"]).status == 401)
            #expect(try await door.send(.get, path + "/deliveries?limit=0", as: Self.manager).status == 400)
            #expect(try await door.send(.get, path + "/deliveries?before=x", as: Self.manager).status == 400)
        }
    }
}
