import Contracts
import Messaging
import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

/// What is kept of calls: in the audit log, in messages to the rest of the studio, in headers.
@Suite struct RecordTests {
    private static let words = "the-words-of-the-caller"

    @Test func theAuditLogHasEveryCallAndNoWords() async throws {
        try await StandIn.with { gateway, provider in
            let guest = try await Administrator.key(gateway, ["name": "guest", "scopes": ["llm"], "models": ["gpt", "careful"]])
            let question = { StandIn.question($0, Self.words) }
            let answered = try await gateway.json(
                .post, "/v1/chat/completions", question("gpt"), headers: ["X-Request-Id": "req-1"], key: guest.text)
            provider.script(.refuse(status: 400))
            _ = try await gateway.json(.post, "/v1/messages", question("careful"), key: guest.text)
            _ = try await gateway.json(.post, "/v1/chat/completions", question("claude"), key: guest.text)
            var entries: [JSONValue] = []
            try await eventually("the refusal is in the audit log") {
                entries = try await Administrator.audit(gateway)
                return entries.contains { $0["outcome"] == "model-not-allowed" }
            }
            let call = try #require(entries.first(where: { $0["model"] == "gpt" }), "\(entries)")
            #expect(call["key"]?.stringValue == guest.id && call["outcome"] == "answered")
            #expect(call["owner"] == entries.last?["owner"])
            #expect(call["decision"]?.stringValue == answered.headers["X-AVStudio-Decision"])
            #expect(call["cost"]?.doubleValue == 0.000111)
            #expect(call["request_id"] == "req-1")
            // Each call once: what became of it.
            #expect(entries.count(where: { $0["request_id"] == "req-1" }) == 1, "\(entries)")
            #expect(entries.first(where: { $0["model"] == "careful" })?["outcome"] == "failed", "\(entries)")
            let refused = try #require(entries.first(where: { $0["outcome"] == "model-not-allowed" }))
            #expect(refused["key"]?.stringValue == guest.id && refused["model"] == nil)
            let text = entries.map { String(decoding: $0.serialized(), as: UTF8.self) }.joined()
            #expect(!text.contains(Self.words) && !text.contains(ModelProviderServer.reply) && !text.contains(guest.text))
        }
    }

    @Test func metricsTellOfCallsAndNotOfWords() async throws {
        try await StandIn.with { gateway, _ in
            let organisation: JSONValue = ["name": "acme", "owner": "org_acme", "scopes": ["llm"]]
            let key = try await Administrator.key(gateway, organisation)
            let bus = try await gateway.bus("record-tests")
            let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 16)
            let answer = try await gateway.json(
                .post, "/v1/chat/completions", StandIn.question("gpt", Self.words), headers: ["X-AVStudio-Session": "chat-1"],
                key: key.text)
            let message = try #require(try await metrics.makeAsyncIterator().next())
            let document = try JSONValue(parsing: message.payload)
            let metric = try JSON.decode(ModelCallMetric.self, from: message.payload)
            #expect(metric.model == "gpt" && metric.outputTokens == 9 && metric.organisation == "org_acme")
            #expect(metric.key == key.id && metric.user == nil && metric.session == "chat-1")
            #expect(metric.decision == answer.headers["X-AVStudio-Decision"])
            // The type and the published schema know all that is said, and find all that they need.
            #expect(try JSONValue(encoding: metric) == document)
            let published = try #require(MessageDocuments.all.first { $0.name == "model-call" }?.schema)
            let fields = Set(try #require(document.objectValue).keys)
            #expect(fields.isSubset(of: Set(try #require(published["properties"]?.objectValue).keys)))
            #expect(fields.isSuperset(of: try #require(published["required"]?.arrayValue).compactMap(\.stringValue)))
            let text = String(decoding: message.payload, as: UTF8.self)
            #expect(!text.contains(Self.words) && !text.contains(ModelProviderServer.reply))
            try await eventually("the call is in the audit log") {
                try await Administrator.audit(gateway).contains { $0["outcome"] == "answered" && $0["owner"] == "org_acme" }
            }
            await bus.drain()
        }
    }

    /// However they come together in messages.
    @Test(.timeLimit(.minutes(2))) func eachOfManyCallsIsToldOnce() async throws {
        try await StandIn.with { gateway, _ in
            let bus = try await gateway.bus("record-tests")
            let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 128)
            let decisions = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<80 {
                    group.addTask {
                        let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
                        return try #require(answer.headers["X-AVStudio-Decision"])
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            var told: [String] = []
            let messages = metrics.makeAsyncIterator()
            while told.count < decisions.count, let message = try await messages.next() {
                let document = try JSONValue(parsing: message.payload)
                for call in document.arrayValue ?? [document] {
                    told.append(try #require(try call.decoded(as: ModelCallMetric.self).decision))
                }
                #expect((document.arrayValue?.count ?? 1) <= 32 && message.payload.count < 64 << 10)
            }
            #expect(told.count == 80 && Set(told) == decisions)
            await bus.drain()
        }
    }

    /// What a call is made for is told with its cost, whichever protocol goes to whichever provider, and no more than that.
    @Test(arguments: ["gpt", "claude", "llama"]) func metricsTellWhatACallIsMadeFor(model: String) async throws {
        try await StandIn.with { gateway, provider in
            let bus = try await gateway.bus("record-tests")
            let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 16)
            for (metadata, video, channel) in [
                (["video": "talk-7", "channel": "n\u{e9}ws", "note": "x"], "talk-7", "n\u{e9}ws"),
                (["video": .string(String(repeating: "v", count: 201)), "channel": ""], nil, nil),
            ] as [(JSONValue, String?, String?)] {
                var question = try #require(StandIn.question(model).objectValue)
                question["metadata"] = metadata
                let answer = try await gateway.json(.post, "/v1/chat/completions", .object(question))
                #expect(answer.status == 200, "\(answer.document)")
                // What is of the caller's own, no provider keeps.
                let hasNote = metadata["note"] != nil
                #expect(answer.headers["X-AVStudio-Adjustments"]?.contains("metadata") == (hasNote ? true : nil))
                let message = try #require(try await metrics.makeAsyncIterator().next())
                let metric = try JSON.decode(ModelCallMetric.self, from: message.payload)
                #expect(metric.video == video && metric.channel == channel)
                #expect(try JSONValue(encoding: metric) == JSONValue(parsing: message.payload))
            }
            let plain: JSONValue = ["model": .string(model), "prompt": "Say hello.", "metadata": ["video": "talk-8"]]
            #expect(try await gateway.json(.post, "/llm/chat", plain).status == 200)
            let message = try #require(try await metrics.makeAsyncIterator().next())
            #expect(try JSON.decode(ModelCallMetric.self, from: message.payload).video == "talk-8")
            for (path, metadata) in [
                ("/v1/messages", ["user_id": "u-1", "video": "talk-9", "channel": "news"]), ("/v1/responses", ["video": "talk-9"]),
            ] as [(String, JSONValue)] {
                var question = try #require(StandIn.question(model).objectValue)
                if path == "/v1/responses" { question = ["model": .string(model), "input": "Say hello."] }
                question["metadata"] = metadata
                let answer = try await gateway.json(.post, path, .object(question))
                #expect(answer.status == 200, "\(answer.document)")
                let message = try #require(try await metrics.makeAsyncIterator().next())
                #expect(try JSON.decode(ModelCallMetric.self, from: message.payload).video == "talk-9")
                if path == "/v1/messages", model == "claude" { #expect(provider.seen.last?.body["metadata"] == ["user_id": "u-1"]) }
            }
            for seen in provider.seen { #expect(seen.body["metadata"]?["video"] == nil && seen.body["metadata"]?["note"] == nil) }
            await bus.drain()
        }
    }

    /// On every door, also where a body has no place for it; what a body tells goes before it.
    @Test func headersTellWhatACallIsMadeFor() async throws {
        try await StandIn.with { gateway, _ in
            let bus = try await gateway.bus("record-tests")
            let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 16)
            let headers: HTTPHeaders = ["X-AVStudio-Video": "talk-7", "X-AVStudio-Channel": "n%C3%A9ws"]
            let words: JSONValue = [["role": "user", "content": "Say hello."]]
            let calls: [(String, JSONValue)] = [
                ("/v1/chat/completions", StandIn.question("gpt")), ("/llm/chat", ["model": "gpt", "prompt": "Say hello."]),
                ("/v1/responses", ["model": "gpt", "input": "Say hello."]),
                ("/v1/messages", ["model": "claude", "max_tokens": 100, "messages": words, "metadata": ["user_id": "u"]]),
                ("/v1/embeddings", ["model": "paid-vectors", "input": "Say hello."]),
            ]
            for (path, body) in calls {
                let answer = try await gateway.json(.post, path, body, headers: headers)
                #expect(answer.status == 200, "\(path) \(answer.document)")
                let message = try #require(try await metrics.makeAsyncIterator().next())
                let metric = try JSON.decode(ModelCallMetric.self, from: message.payload)
                #expect(metric.video == "talk-7" && metric.channel == "n\u{e9}ws", "\(path)")
            }
            let own: JSONValue = ["model": "gpt", "input": "Say hello.", "metadata": ["video": "talk-8"]]
            #expect(try await gateway.json(.post, "/v1/responses", own, headers: headers).status == 200)
            let message = try #require(try await metrics.makeAsyncIterator().next())
            let metric = try JSON.decode(ModelCallMetric.self, from: message.payload)
            #expect(metric.video == "talk-8" && metric.channel == "n\u{e9}ws")
            for value in ["", "%ZZ", String(repeating: "v", count: 201)] {
                for (path, body) in calls {
                    let answer = try await gateway.json(.post, path, body, headers: ["X-AVStudio-Video": value])
                    let text = String(decoding: answer.document.serialized(), as: UTF8.self)
                    #expect(answer.status == 400 && text.contains("X-AVStudio-Video"), "\(path) \(value) \(text)")
                }
            }
            await bus.drain()
        }
    }

    @Test func switchedOffNothingIsToldOfCalls() async throws {
        try await StandIn.with(environment: ["ENABLE_ANALYTICS": "false"]) { gateway, _ in
            let bus = try await gateway.bus("record-tests")
            let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 16)
            _ = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            // The audit log is written less often than messages go out.
            try await eventually("the call is in the audit log") {
                try await Administrator.audit(gateway).contains { $0["outcome"] == "answered" }
            }
            try bus.publish(Subjects.metric, Bytes("after".utf8))
            #expect(try await metrics.makeAsyncIterator().next()?.payload == Bytes("after".utf8))
            await bus.drain()
        }
    }

    @Test(arguments: [false, true]) func wordsAreToldOfAKeyThatHasThemLogged(stream: Bool) async throws {
        try await StandIn.with { gateway, _ in
            let open = try await Administrator.key(gateway, ["name": "open", "scopes": ["llm"], "log_content": true])
            let bus = try await gateway.bus("record-tests")
            let metrics = try await bus.subscribe(Subjects.metric, queue: nil, capacity: 16)
            func told(_ key: String) async throws -> ModelCallMetric {
                let answer = try await gateway.send(
                    .post, "/v1/chat/completions", StandIn.question("gpt", stream: stream, Self.words), key: key)
                _ = try await answer.collect(upTo: .mib(1))
                let message = try #require(try await metrics.makeAsyncIterator().next())
                return try JSON.decode(ModelCallMetric.self, from: message.payload)
            }
            let metric = try await told(open.text)
            #expect(metric.prompt?.contains(Self.words) == true && metric.key == open.id)
            #expect(metric.answer?.contains(ModelProviderServer.reply) == true, "\(metric.answer ?? "")")
            // Switched off, the next call tells nothing.
            let changed = try await gateway.json(
                .patch, "/keys/" + open.id, ["log_content": false], headers: Administrator.headers())
            #expect(changed.document["log_content"] == false)
            let silent = try await told(open.text)
            #expect(silent.key == open.id && silent.prompt == nil && silent.answer == nil)
            // What is told to the bus is in no log.
            #expect(!gateway.log.contains(Self.words) && !gateway.log.contains(ModelProviderServer.reply))
            await bus.drain()
        }
    }

    @Test func anAlertOutlivesTheProcessThatMadeIt() async throws {
        try await StandIn.with { gateway, _ in
            let budget: JSONValue = ["scope": "user", "period": "total", "limit": "0.04", "thresholds": [50, 100]]
            #expect(try await gateway.json(.put, "/gateway/budgets/all", budget).status == 200)
            // Nobody takes messages when the thresholds are reached, and then the gateway dies.
            gateway.nats.kill()
            for _ in 0..<4 { _ = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("apiece")) }
            try await eventually("both thresholds are reached") {
                gateway.log.split(separator: "\n").count(where: { $0.contains("a budget reached a threshold") }) == 2
            }
            gateway.kill()
            try await gateway.nats.restart()
            try await gateway.restart()
            let bus = try await gateway.bus("record-tests")
            var thresholds: [Int64] = []
            try await eventually("both thresholds are told") {
                do {
                    let queue = try await bus.workQueue(
                        stream: Subjects.eventsStream,
                        consumer: ConsumerSettings(
                            durableName: "test", filterSubjects: [Subjects.event(service: "gateway", "budget-threshold")]))
                    for item in try await queue.fetch(maximum: 10, wait: .milliseconds(200)) {
                        let event = try JSON.decode(CloudEvent<BudgetThreshold>.self, from: item.message.payload)
                        #expect(event.type == "avstudio.budget.threshold" && event.data.budget == "all")
                        #expect(event.data.limit == 0.04 && event.data.scope == "user")
                        thresholds.append(Int64(event.data.thresholdPercent))
                        try await item.acknowledge()
                    }
                } catch MessagingError.notFound {
                    // The stream comes with the first message.
                }
                return thresholds.count >= 2
            }
            #expect(Set(thresholds) == [50, 100])
            await bus.drain()
        }
    }

    @Test func answersAndRefusalsTellTheLimits() async throws {
        try await StandIn.with(settings: ["model-calls-per-minute": "3"]) { gateway, _ in
            for stream in [false, true] {
                let answer = try await gateway.send(.post, "/v1/messages", StandIn.question("gpt", stream: stream))
                _ = try await answer.collect(upTo: .mib(1))
                #expect(answer.headers["RateLimit-Policy"]?.contains(";q=") == true)
                #expect(answer.headers["RateLimit"]?.contains(";r=") == true)
            }
            var refused = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            for _ in 0..<10 where refused.status == 200 {
                refused = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            }
            #expect(refused.status == 429)
            #expect((1...60).contains(refused.headers["Retry-After"].flatMap(Int.init) ?? 0))
            #expect(refused.headers["RateLimit"] != nil)
            #expect(refused.document["error"]?["type"] != nil)
            #expect(try await gateway.json(.get, "/v1/models").headers["RateLimit"] != nil)
            #expect(try await gateway.json(.get, "/v1/models", key: "avs_no_key").headers["RateLimit"] == nil)
        }
    }

    @Test func aSecondKeyOpensNoSecondMinute() async throws {
        for (settings, passing) in [
            (["model-calls-per-minute": "3"], 3), (["model-calls-per-minute": "3", "model-owner-calls-per-minute": "5"], 5),
        ] {
            try await StandIn.with(settings: settings) { gateway, _ in
                let keys = [
                    try await Administrator.key(gateway, ["name": "a", "owner": "ann", "scopes": ["llm"]]).text,
                    try await Administrator.key(gateway, ["name": "b", "owner": "ann", "scopes": ["llm"]]).text,
                ]
                var statuses: [Int] = []
                for call in 0..<8 {
                    let answer = try await gateway.json(.post, "/v1/messages", StandIn.question("gpt"), key: keys[call % 2])
                    statuses.append(answer.status)
                }
                // A minute's calls come back one by one: a slow machine may see one more.
                #expect((passing...passing + 1).contains(statuses.count { $0 == 200 }), "\(statuses)")
                #expect(statuses.contains(429))
            }
        }
    }
}
