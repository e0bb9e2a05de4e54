import Contracts
import Cryptography
import GatewayCore
import HTTP
import Primitives
import ServiceRuntime
import Testing

struct AuthorizationRouteTests {
    private func ask(_ door: Door, _ key: HTTPHeaders, _ method: String = "GET", _ uri: String = "/files?limit=3") async throws
        -> Door.Answer
    {
        var headers = key
        headers["X-Original-Method"] = method
        headers["X-Original-URI"] = uri
        headers["X-Request-Id"] = "request-1"
        return try await door.send(.get, "/internal/authorize", as: nil, headers: headers)
    }

    private func key(_ door: Door, _ scopes: Set<Scope> = [.filesRead]) async throws -> String {
        try await door.studio.gateway.keys.create(
            KeyRequest(name: "k", owner: "ann", tier: "standard", scopes: scopes), by: .administrator
        ).text
    }

    @Test(arguments: ["Authorization", "X-API-Key"]) func aKeyGetsASignedIdentity(_ header: String) async throws {
        try await Door.with { door in
            let key = try await key(door)
            let answer = try await ask(door, [header: header == "Authorization" ? "bearer \(key)" : key])
            #expect(answer.status == 204)
            let principal = try door.token.verify(try #require(answer.headers[PrincipalToken.header]))
            #expect(principal.owner == "ann")
            #expect(principal.scopes == [.filesRead])
            #expect(principal.expires.duration(since: .now()) <= .seconds(60))
            #expect(answer.headers["RateLimit-Policy"] == "\"default\";q=600;w=60")
            #expect(answer.headers["RateLimit"] == "\"default\";r=599;t=1")
        }
    }

    @Test(
        arguments: [[:], ["Authorization": "Basic YTpi"], ["Authorization": "Bearer"], ["X-API-Key": "avs_x_y"]] as [HTTPHeaders])
    func withoutAKeyItIs401(_ headers: HTTPHeaders) async throws {
        try await Door.with { door in
            let answer = try await ask(door, headers)
            #expect(answer.status == 401)
            #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
            try expectDenial(answer, 401, "unauthenticated")
        }
    }

    @Test func withoutTheScopeItIs403() async throws {
        try await Door.with { door in
            let answer = try await ask(door, ["X-API-Key": try await key(door)], "DELETE", "/files/1")
            #expect(answer.status == 403)
            try expectDenial(answer, 403, "scope-missing")
        }
    }

    @Test func pastTheLimitItIs429() async throws {
        try await Door.with { door in
            try await door.studio.gateway.limiter.set(
                RateLimits(tiers: ["standard": ["default": RateRule(requests: 2, windowSeconds: 86_400)]]))
            let key = try await key(door)
            for _ in 0..<2 { #expect(try await ask(door, ["X-API-Key": key]).status == 204) }
            let answer = try await ask(door, ["X-API-Key": key])
            // auth_request knows 401 and 403 only; the header says what it really is.
            #expect(answer.status == 403)
            try expectDenial(answer, 429, "rate-limited")
            let wait = try #require(answer.headers["Retry-After"].flatMap { Int($0) })
            #expect((40_000...43_200).contains(wait))
            #expect(answer.headers["RateLimit"] == "\"default\";r=0;t=\(wait)")
        }
    }

    /// A caller whose issuer can not be asked may be right: they are told to come again, not that the studio is broken.
    @Test func whoCanNotBeJudgedNowMayComeAgain() async throws {
        try await Door.with { door in
            let now = Timestamp.now().milliseconds / 1000
            let claims: JSONValue = [
                "iss": "https://away.example.org", "aud": "avstudio", "sub": "ann", "exp": .integer(now + 60),
            ]
            let parts = [["alg": "RS256", "kid": "1"] as JSONValue, claims].map { Base64.encodeURL($0.serialized()) }
            let token = parts.joined(separator: ".") + "." + Base64.encodeURL(Bytes(repeating: 1, count: 256))
            for uri in ["/files", "/v1/audio/speech"] {
                let answer = try await ask(door, ["Authorization": "Bearer \(token)"], "GET", uri)
                #expect(answer.status == 403 && answer.headers["Retry-After"] != nil)
                #expect(answer.headers["X-AVStudio-Denial-Status"] == "503")
            }
        }
    }

    /// RFC 9110, 15.5.2.
    @Test func every401SaysHowToBecomeKnown() async throws {
        try await Door.with { door in
            let login: JSONValue = ["email": "ann@example.org", "password": "wrong password"]
            for answer in [
                try await door.json(.post, "/auth/login", as: nil, login), try await door.send(.get, "/me", as: nil),
            ] {
                #expect(answer.status == 401 && answer.headers["WWW-Authenticate"] == "Bearer realm=\"avstudio\"")
            }
        }
    }

    private func expectDenial(_ answer: Door.Answer, _ status: Int64, _ code: String) throws {
        #expect(answer.headers["X-AVStudio-Denial-Status"] == "\(status)")
        #expect(answer.headers[PrincipalToken.header] == nil)
        let problem = try JSONValue(parsing: Bytes(try #require(answer.headers["X-AVStudio-Denial"]).utf8))
        #expect(problem["status"]?.integerValue == status)
        #expect(problem["code"]?.stringValue == code)
        #expect(problem["detail"]?.stringValue?.isEmpty == false)
    }

    @Test func callsAreAudited() async throws {
        try await Door.with { door in
            let key = try await key(door)
            _ = try await ask(door, ["X-API-Key": key], "GET", "/files/secret?token=x")
            _ = try await ask(door, ["X-API-Key": key], "DELETE", "/files/1")
            _ = try await ask(door, [:])
            async let run: Void = door.studio.gateway.audit.run()
            await door.studio.gateway.audit.drain()
            try await run
            let page = try await door.send(.get, "/audit?limit=2", as: .administrator).document
            let entries = page["entries"]?.arrayValue ?? []
            #expect(entries.map { $0["outcome"]?.stringValue } == ["scope-missing", "allowed"])
            #expect(entries.map { $0["path"]?.stringValue } == ["/files/1", "/files/secret"])
            #expect(
                entries.allSatisfy {
                    $0["owner"] == "ann" && $0["request_id"] == "request-1" && $0["key"]?.stringValue?.hasPrefix("key_") == true
                })
            let before = try #require(page["next"]?.integerValue)
            #expect(
                try await door.send(.get, "/audit?before=\(before)", as: .administrator).document["entries"]?.arrayValue?.isEmpty
                    == true)
            #expect(try await door.send(.get, "/audit").status == 403)
        }
    }

    /// Also what is more than is read at a time.
    @Test func theAuditIsTakenAlong() async throws {
        try await Door.with { door in
            let key = try await key(door)
            for number in 0..<1001 { _ = try await ask(door, ["X-API-Key": key], "GET", "/files/\(number)") }
            async let run: Void = door.studio.gateway.audit.run()
            await door.studio.gateway.audit.drain()
            try await run
            let answer = try await door.send(.get, "/audit/export.csv", as: .administrator)
            #expect(answer.status == 200 && answer.headers["Content-Type"]?.hasPrefix("text/csv") == true)
            let rows = try CSV.rows(answer.body)
            #expect(rows.first?.prefix(7) == ["sequence", "time", "key", "owner", "method", "path", "outcome"])
            #expect(rows.dropFirst().map { $0[5] } == (0..<1001).reversed().map { "/files/\($0)" })
            #expect(rows.dropFirst().allSatisfy { $0[3] == "ann" } && rows.last?[6] == "allowed")
            #expect(try await door.send(.get, "/audit/export.csv").status == 403)
        }
    }
}
