import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// The studio's own doors, and what a key may do.
@Suite struct DoorTests {
    @Test func tokensAreCountedByTheConfiguredVocabulary() async throws {
        let tests = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
        let vocabulary = tests + "/TokenizationTests/Fixtures/small.model"
        func areEstimates(_ gateway: TestGateway) async throws -> [JSONValue?] {
            let body: JSONValue = ["text": "Wie viele Zeichen sind das?", "models": ["gem", "claude"]]
            let counts = try await gateway.json(.post, "/gateway/analyze-tokens", body).document["counts"]
            return counts?.arrayValue?.map { $0["estimated"] } ?? []
        }
        try await StandIn.with { gateway, _ in
            let found = try await areEstimates(gateway)
            #expect(found == [true, true])
        }
        try await StandIn.with(settings: ["sentencepiece-models": "gem=\(vocabulary)"]) { gateway, _ in
            let found = try await areEstimates(gateway)
            #expect(found == [false, true])
        }
        for wrong in ["gem", "gem=/nonexistent.model", "=x"] {
            await #expect(throws: TestGateway.Failure.self) {
                try await StandIn.with(settings: ["sentencepiece-models": wrong]) { _, _ in }
            }
        }
    }

    @Test func aStudioWithoutAnyKeyListsItsModels() async throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let files = [
            "models-file": root + "/deploy/models-llm/models.yaml", "pricing-file": root + "/deploy/models-llm/pricing.yaml",
        ]
        try await StandIn.with(settings: files) { gateway, _ in
            let models = try await gateway.json(.get, "/v1/models").document["data"]?.arrayValue ?? []
            #expect(!models.contains { $0["owned_by"] == "anthropic" })
            let all = try await gateway.json(.get, "/llm/models").document["models"]?.arrayValue ?? []
            #expect(all.count > models.count && all.contains { $0["providers"] == ["llamacpp"] })
            #expect(all.first { $0["providers"] == ["anthropic"] }?["available"] == false)
        }
    }

    @Test func plainCallsAreChosenForAndExplained() async throws {
        try await StandIn.with { gateway, _ in
            let answer = try await gateway.json(.post, "/llm/chat", ["prompt": "Say hello.", "model": "auto:cheap"])
            #expect(answer.status == 200, "\(answer.document)")
            #expect(answer.headers["X-AVStudio-Decision"]?.hasPrefix("route_") == true)
            let route = try await gateway.json(
                .post, "/gateway/route", ["prompt": "Say hello.", "model": "auto", "max_tokens": 50, "maximum_cost": "0.0001"])
            #expect(route.status == 200, "\(route.document)")
            #expect(route.document["choice"]?["model"] != nil)
            let rejected = route.document["rejected"]?.arrayValue ?? []
            #expect(rejected.contains { $0["model"] == "claude" && $0["code"] == "too-dear" })
            #expect(rejected.contains { $0["model"] == "keyless" && $0["code"] == "key-missing" })
            let stream = try await gateway.send(.post, "/llm/stream", ["prompt": "Say hello.", "model": "gpt"])
            #expect(stream.headers["Content-Type"] == "text/event-stream")
            #expect(String(decoding: try await stream.collect(upTo: .mib(1)), as: UTF8.self).contains("data:"))
            let tokens = try await gateway.json(.post, "/gateway/analyze-tokens", ["text": "Hello, world", "model": "claude"])
            #expect((1...8).contains(tokens.document["counts"]?[0]?["input_tokens"]?.integerValue ?? 0), "\(tokens.document)")
        }
    }

    @Test func aKeyCallsOnlyItsModels() async throws {
        try await StandIn.with { gateway, _ in
            let guest = try await Administrator.key(gateway, ["name": "guest", "scopes": ["llm"], "models": ["cl*", "llama"]]).text
            #expect(try await gateway.json(.post, "/v1/chat/completions", StandIn.question("claude"), key: guest).status == 200)
            let refused = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"), key: guest)
            #expect(refused.status == 403)
            #expect(refused.document["error"]?["code"] == "model-not-allowed")
            let chosen = try await gateway.json(.post, "/llm/chat", ["prompt": "x", "model": "auto:best"], key: guest)
            #expect(["claude", "llama"].contains(chosen.headers["X-AVStudio-Model"]))
            let list = try await gateway.json(.get, "/v1/models", key: guest).document["data"]?.arrayValue ?? []
            #expect(Set(list.map { $0["id"]?.stringValue }) == ["claude", "llama"])
            let deaf = try await Administrator.key(gateway, ["name": "other", "scopes": ["files:read"]]).text
            #expect(try await gateway.json(.get, "/v1/models", key: deaf).status == 403)
            #expect(try await gateway.json(.put, "/gateway/budgets/x", [:], key: guest).status == 403)
        }
    }

    @Test func anAnswerIsGivenAgainWhenThatIsWanted() async throws {
        try await StandIn.with { gateway, provider in
            let headers: HTTPHeaders = ["Cache-Control": "max-age=60"]
            for stream in [false, true] {
                let before = provider.seen.count
                let first = try await gateway.send(.post, "/v1/messages", StandIn.question("gpt", stream: stream), headers: headers)
                let text = try await first.collect(upTo: .mib(1))
                #expect(first.headers["X-AVStudio-Cache"] == "miss")
                let again = try await gateway.send(.post, "/v1/messages", StandIn.question("gpt", stream: stream), headers: headers)
                #expect(again.headers["X-AVStudio-Cache"] == "hit")
                #expect(try await again.collect(upTo: .mib(1)) == text)
                #expect(again.headers["Content-Type"] == first.headers["Content-Type"])
                #expect(provider.seen.count == before + 1)
                let unasked = try await gateway.send(.post, "/v1/messages", StandIn.question("gpt", stream: stream))
                _ = try await unasked.collect(upTo: .mib(1))
                #expect(provider.seen.count == before + 2)
            }
        }
    }

    @Test func badBodiesAreRefusedInTheFormOfTheDoor() async throws {
        try await StandIn.with { gateway, provider in
            let deep = Bytes(repeating: UInt8(ascii: "["), count: 100_000)
            let bodies: [Bytes] = [[], Bytes("{".utf8), deep, [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], Bytes("[]".utf8)]
            for body in bodies {
                for (path, member) in [("/v1/chat/completions", "error"), ("/v1/messages", "error"), ("/llm/chat", "code")] {
                    let document = try JSONValue(parsing: try await refused(gateway, path, body, status: 400))
                    #expect(document[member] != nil, "\(path)")
                }
            }
            let long = Bytes(repeating: UInt8(ascii: "x"), count: (32 << 20) + 1)
            let document = try JSONValue(parsing: try await refused(gateway, "/v1/messages", long, status: 413))
            #expect(document["error"]?["type"] == "request_too_large")
            #expect(provider.seen.isEmpty)
        }
    }

    @Test(arguments: [
        ("/v1/chat/completions", "max_tokens"), ("/v1/chat/completions", "max_completion_tokens"), ("/v1/messages", "max_tokens"),
        ("/v1/responses", "max_output_tokens"), ("/llm/chat", "max_tokens"), ("/llm/stream", "max_tokens"),
        ("/gateway/analyze-tokens", "max_tokens"), ("/gateway/route", "max_tokens"),
    ])
    func numbersThatCanNotBeEndNothing(_ path: String, _ field: String) async throws {
        try await StandIn.with { gateway, provider in
            for number in [Int64.max, 1_000_000_001, 0, -1] {
                let body: JSONValue = [
                    "model": "llama", "messages": [["role": "user", "content": "x"]], "input": "x", field: .integer(number),
                ]
                let answer = try await gateway.json(.post, path, body)
                #expect(answer.status == 400, "\(number): \(answer.document)")
            }
            for cost in ["9999999999", "9223372037", "1e30", "-1"] {
                let answer = try await gateway.json(
                    .post, "/llm/chat", ["prompt": "x"], headers: ["X-AVStudio-Maximum-Cost": cost])
                #expect(answer.status == 400, "\(cost): \(answer.document)")
            }
            #expect(provider.seen.isEmpty)
            #expect(try await gateway.json(.post, "/llm/chat", ["prompt": "x", "model": "llama"]).status == 200)
        }
    }

    @Test func tokensAreCountedForTheModelsOfTheKey() async throws {
        try await StandIn.with { gateway, _ in
            let guest = try await Administrator.key(gateway, ["name": "guest", "scopes": ["llm"], "models": ["claude"]]).text
            func analyze(_ body: JSONValue) async throws -> (status: Int, document: JSONValue, headers: HTTPHeaders) {
                try await gateway.json(.post, "/gateway/analyze-tokens", body, key: guest)
            }
            let refused = try await analyze(["text": "x", "models": ["claude", "gpt"]])
            #expect(refused.status == 403 && refused.document["code"] == "model-not-allowed")
            #expect(try await analyze(["text": "x", "model": "nothing"]).status == 404)
            for body in [["text": 5], ["text": "x", "models": [1]], ["text": "x", "models": "claude"]] as [JSONValue] {
                #expect(try await analyze(body).status == 400, "\(body)")
            }
            #expect(try await analyze(["text": "x"]).document["counts"]?.arrayValue?.map { $0["model"] } == ["claude"])
            for (model, status) in [("claude", 200), ("gpt", 403), ("claude-sonnet-4-5", 200)] {
                let counted = try await gateway.json(.post, "/v1/messages/count_tokens", StandIn.question(model), key: guest)
                #expect(counted.status == status, "\(model): \(counted.document)")
            }
        }
    }

    @Test func whatACallWouldCostHasItsPicturesAndItsAnswer() async throws {
        try await StandIn.with { gateway, _ in
            func cost(_ body: JSONValue) async throws -> (cost: Double, input: Double) {
                let answer = try await gateway.json(.post, "/gateway/analyze-tokens", body)
                let count = try #require(answer.document["counts"]?[0], "\(answer.document)")
                return (count["cost"]?.doubleValue ?? -1, Double(count["input_tokens"]?.integerValue ?? 0))
            }
            let text = try await cost(["text": "Hello, world", "model": "gpt", "max_tokens": 100])
            // A dollar a million of input, and ten of output.
            #expect(text.input > 0 && abs(text.cost - text.input / 1e6 - 0.001) < 1e-9)
            let picture: JSONValue = ["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]]
            let words: JSONValue = ["type": "text", "text": "What is this?"]
            let message: JSONValue = ["role": "user", "content": [words, picture, picture]]
            // A cent a call, and a fifth of one a picture.
            #expect(abs(try await cost(["messages": [message], "model": "apiece"]).cost - 0.014) < 1e-9)
            for (wrong, code) in [(0, "out-of-range"), ("x", "wrong-type")] as [(JSONValue, String)] {
                let refused = try await gateway.json(
                    .post, "/gateway/analyze-tokens", ["text": "x", "model": "gpt", "max_tokens": wrong])
                #expect(refused.status == 400 && refused.document["code"]?.stringValue == code, "\(refused.document)")
            }
        }
    }

    @Test(arguments: [
        ("task", "X-AVStudio-Task", "code", "not-for-this-task", "talker"),
        ("maximum_seconds", "X-AVStudio-Maximum-Seconds", "0.0001", "too-slow", "gpt"),
        ("minimum_quality", "X-AVStudio-Minimum-Quality", "60", "quality-too-low", "gpt"),
    ])
    func wishesAreHeardByFieldAndByHeader(
        _ field: String, _ header: String, _ value: String, _ code: String, _ rejected: String
    ) async throws {
        let talker =
            "  - {id: talker, capabilities: [chat], tasks: [chat], quality: 50, context_window: 9000, maximum_output: 4096, "
            + "token_family: estimate, deployments: [{provider: openai}]}"
        try await StandIn.with(
            models: { StandIn.models($0) + "\n" + talker }, pricing: StandIn.pricing + "\n  - {model: talker, input: 1, output: 1}"
        ) { gateway, _ in
            func codes(_ fields: [String: JSONValue], _ headers: HTTPHeaders = [:]) async throws -> [JSONValue?] {
                let body: JSONValue = ["model": "auto", "prompt": "Say hello.", "max_tokens": 50]
                let all = JSONValue.object((body.objectValue ?? [:]).merging(fields) { $1 })
                let route = try await gateway.json(.post, "/gateway/route", all, headers: headers)
                #expect(route.status == 200, "\(route.document)")
                let list = route.document["rejected"]?.arrayValue ?? []
                return list.filter { $0["model"]?.stringValue == rejected }.map { $0["code"] }
            }
            var headers: HTTPHeaders = [:]
            headers[header] = value
            let unwished = try await codes([:])
            let (byField, byHeader) = (try await codes([field: .string(value)]), try await codes([:], headers))
            #expect(unwished.isEmpty && byField == [.string(code)] && byHeader == byField, "\(unwished) \(byField) \(byHeader)")
        }
    }

    @Test func aDecisionIsToldToTheKeyThatItWasMadeFor() async throws {
        try await StandIn.with { gateway, _ in
            let guest = try await Administrator.key(gateway, ["name": "guest", "scopes": ["llm"]]).text
            let other = try await Administrator.key(gateway, ["name": "other", "scopes": ["llm"]]).text
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("careful"), key: guest)
            let path = "/gateway/decisions/" + (try #require(answer.headers["X-AVStudio-Decision"]))
            // From memory, and the same when it is on disk a fraction of a second later.
            let told = try await gateway.json(.get, path, key: guest)
            #expect(told.status == 200)
            try await eventually("the call is on disk") { try await gateway.total(ofCalls: 1)["calls"] == 1 }
            #expect(try await gateway.json(.get, path, key: guest).document == told.document)
            #expect(told.document["choice"] == "careful@other" && told.document["fallbacks"] == ["claude@anthropic"])
            #expect(told.document["reasons"]?[0] == "the request names careful")
            #expect(try await gateway.json(.get, path, key: other).status == 404)
            #expect(try await gateway.json(.get, path).status == 200)
            #expect(try await gateway.json(.get, "/gateway/decisions/route_none", key: guest).status == 404)
        }
    }

    @Test func aDecisionIsToldWhileItsCallRuns() async throws {
        try await StandIn.with { gateway, provider in
            let other = try await Administrator.key(gateway, ["name": "other", "scopes": ["llm"]]).text
            provider.script(.hang(afterEvents: 4))
            let stream = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("careful", stream: true))
            let path = "/gateway/decisions/" + (try #require(stream.headers["X-AVStudio-Decision"]))
            let told = try await gateway.json(.get, path)
            #expect(told.status == 200 && told.document["choice"] == "careful@other")
            #expect(told.document["reasons"]?[0] == "the request names careful")
            #expect(try await gateway.json(.get, path, key: other).status == 404)
            stream.body.cancel()
            await provider.waitForDepartures(1)
        }
    }

    private func refused(_ gateway: TestGateway, _ path: String, _ body: Bytes, status: Int) async throws -> Bytes {
        let response = try await gateway.client.send(
            .init(.post, gateway.url + path, headers: ["x-api-key": gateway.ownerKey], body: .bytes(body)))
        #expect(response.status.rawValue == status, "\(path): \(body.prefix(20))")
        return try await response.collect(upTo: .mib(1))
    }
}
