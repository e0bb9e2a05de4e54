import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// What calls have cost, and who is told.
@Suite struct CostTests {
    @Test func everybodySeesTheirOwnCosts() async throws {
        try await StandIn.with { gateway, _ in
            var keys: [String: String] = [:]
            for owner in ["ann", "bob", "org_acme"] {
                let document: JSONValue = ["name": .string(owner), "owner": .string(owner), "scopes": ["llm"]]
                let key = try await Administrator.key(gateway, document).text
                keys[owner] = key
                for _ in 0..<(owner == "bob" ? 2 : 1) {
                    #expect(try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"), key: key).status == 200)
                }
            }
            _ = try await gateway.total(ofCalls: 4)
            func calls(_ key: String?, _ query: String) async throws -> Int64? {
                try await gateway.json(.get, "/gateway/cost" + query, key: key).document["total"]?["calls"]?.integerValue
            }
            for query in ["", "?user=bob", "?user=ann", "?organisation=org_acme", "?by=key", "?by=user&user=bob"] {
                #expect(try await calls(keys["ann"], query) == 1, "\(query)")
                #expect(try await calls(keys["bob"], query) == 2, "\(query)")
            }
            for query in ["", "?organisation=org_other", "?organisation="] {
                #expect(try await calls(keys["org_acme"], query) == 1, "\(query)")
            }
            // Of another's costs an organisation sees none, and an administrator those that are asked for.
            #expect(try await calls(keys["org_acme"], "?user=bob") == 0)
            #expect(try await calls(nil, "?user=bob") == 2)
            #expect(try await calls(nil, "?organisation=org_acme") == 1)
            let own = try await gateway.json(.get, "/gateway/cost?by=user", key: keys["ann"]).document["groups"]?.arrayValue
            #expect(own?.map { $0["group"] } == ["ann"])
        }
    }

    @Test func anAnswerThatIsGivenAgainCostsNothing() async throws {
        try await StandIn.with { gateway, _ in
            let budget: JSONValue = ["scope": "user", "period": "total", "limit": "1.00"]
            #expect(try await gateway.json(.put, "/gateway/budgets/all", budget).status == 200)
            var spent: [JSONValue?] = []
            for cache in ["miss", "hit"] {
                let answer = try await gateway.json(
                    .post, "/v1/chat/completions", StandIn.question("apiece"), headers: ["Cache-Control": "max-age=60"])
                #expect(answer.headers["X-AVStudio-Cache"] == cache)
                spent.append(try await gateway.json(.get, "/gateway/budgets").document["accounts"])
            }
            #expect(spent[0] == spent[1] && spent[0]?[0] != nil, "\(spent)")
            let total = try await gateway.total(ofCalls: 2)
            #expect(total["cache_hits"] == 1, "\(total)")
            for name in ["cost", "saved_by_cache"] {
                #expect(abs((total[name]?.doubleValue ?? 0) - 0.01) < 1e-9, "\(name): \(total)")
            }
        }
    }

    @Test func aCheapChoiceSavesWhatTheDearestWouldHaveCost() async throws {
        try await StandIn.with { gateway, _ in
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("auto:cheap"))
            #expect(answer.status == 200, "\(answer.document)")
            let total = try await gateway.total(ofCalls: 1)
            #expect((total["saved_by_routing"]?.doubleValue ?? 0) > 0, "\(total)")
        }
    }

    @Test func tokensOfAMinuteAreCounted() async throws {
        try await StandIn.with(settings: ["model-tokens-per-minute": "400"]) { gateway, provider in
            var answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            #expect(answer.status == 200, "\(answer.document)")
            // More than the rest of the minute holds, and less than a minute does.
            let question = StandIn.question("gpt", String(repeating: "x", count: 170))
            for _ in 0..<20 where answer.status == 200 {
                answer = try await gateway.json(.post, "/v1/chat/completions", question)
            }
            #expect(answer.status == 429 && answer.document["error"]?["code"] != nil, "\(answer.document)")
            #expect((1...60).contains(answer.headers["Retry-After"].flatMap(Int.init) ?? 0))
            let asked = provider.seen.count
            #expect(asked >= 1 && asked < 20)
        }
    }
}
