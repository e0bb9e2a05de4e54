import Contracts
import HTTP
import HTTPClient
import ModelProtocols
import ModelRouting
import Primitives
import TestSupport
import Testing

@testable import avstudio_gateway

/// Budgets from a caller's side.
@Suite struct BudgetTests {
    private func budget(_ gateway: TestGateway, _ limit: String) async throws {
        let answer = try await gateway.json(
            .put, "/gateway/budgets/all", ["scope": "user", "period": "total", "limit": .string(limit)])
        #expect(answer.status == 200, "\(answer.document)")
    }

    private func spent(_ gateway: TestGateway) async throws -> Double? {
        try await gateway.json(.get, "/gateway/budgets").document["accounts"]?[0]?["spent"]?.doubleValue
    }

    @Test func aThousandCallersCanNotOvershoot() async throws {
        try await StandIn.with { gateway, provider in
            try await budget(gateway, "1.00")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<1000 {
                    group.addTask { try await gateway.json(.post, "/v1/chat/completions", StandIn.question("apiece")).status }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 100, 402: 900])
            #expect(provider.seen.count == 100)
            #expect(try await spent(gateway) == 1)
            let refused = try await gateway.json(.post, "/v1/messages", StandIn.question("apiece"))
            #expect(refused.status == 402)
            #expect(refused.document["error"]?["type"] != nil)
        }
    }

    private func reroute(_ gateway: TestGateway, _ limit: String) async throws {
        let budget: JSONValue = ["scope": "user", "period": "total", "limit": .string(limit), "at_limit": "reroute"]
        #expect(try await gateway.json(.put, "/gateway/budgets/all", budget).status == 200)
    }

    @Test func aBudgetThatRunsOutMovesCallsToACheaperModel() async throws {
        try await StandIn.with { gateway, _ in
            try await reroute(gateway, "0.05")
            var models: [String] = []
            for _ in 0..<3 {
                let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("dear"))
                models.append(answer.headers["X-AVStudio-Model"] ?? "\(answer.status)")
            }
            #expect(models == ["dear", "dear", "apiece"])
            for path in ["/v1/chat/completions", "/v1/messages"] {
                let refused = try await gateway.json(.post, path, StandIn.question("dear"))
                #expect(refused.status == 402, "\(refused.document)")
            }
        }
    }

    @Test func manyAtOnceSpendABudgetThatReroutesToItsEnd() async throws {
        try await StandIn.with { gateway, _ in
            try await reroute(gateway, "0.20")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await gateway.json(.post, "/v1/chat/completions", StandIn.question("dear")).status }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [200, 402])
            #expect(abs((try await spent(gateway) ?? 0) - 0.2) < 1e-9)
        }
    }

    /// Ten answers may be ten times as long as one.
    @Test func severalAnswersAreKeptForWhenACallIsRouted() async throws {
        try await StandIn.with { gateway, _ in
            try await reroute(gateway, "0.005")
            var question = StandIn.question("wordy").objectValue ?? [:]
            let one = try await gateway.json(.post, "/v1/chat/completions", .object(question))
            #expect(one.headers["X-AVStudio-Model"] == "wordy")
            question["n"] = 10
            let ten = try await gateway.json(.post, "/v1/chat/completions", .object(question))
            #expect(ten.status == 200 && ten.headers["X-AVStudio-Model"] == "careful", "\(ten.document)")
        }
    }

    /// A text may have as many tokens as bytes; how long each may be is another matter than how many there are.
    @Test func vectorsAreKeptForAtTheirWorst() async throws {
        try await StandIn.with { gateway, provider in
            try await budget(gateway, "0.90")
            let long: JSONValue = ["model": "paid-vectors", "input": .string(String(repeating: "x", count: 1000))]
            #expect(try await gateway.json(.post, "/v1/embeddings", long).status == 402)
            #expect(provider.seen.isEmpty)
            try await budget(gateway, "100")
            let inputs = [JSONValue](repeating: .string(String(repeating: "x", count: 400)), count: 100)
            let many = try await gateway.json(.post, "/v1/embeddings", ["model": "paid-vectors", "input": .array(inputs)])
            #expect(many.status == 200, "\(many.document)")
            #expect(abs((try await spent(gateway) ?? 0) - 0.005) < 1e-9)
        }
    }

    @Test func aCallIsChargedByWhatItUsed() async throws {
        try await StandIn.with { gateway, _ in
            try await budget(gateway, "1.00")
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            // 21 tokens at 1 $ and 9 at 10 $ a million.
            #expect(answer.headers["X-AVStudio-Cost"] == "0.000111000")
            #expect(abs((try await spent(gateway) ?? 0) - 0.000111) < 1e-12)
            _ = try await gateway.total(ofCalls: 1, "?by=model")
        }
    }

    @Test func aCrashInTheMiddleOfAStreamKeepsNothingReserved() async throws {
        try await StandIn.with { gateway, provider in
            try await budget(gateway, "0.05")
            provider.script(.hang(afterEvents: 3))
            let stream = try await gateway.send(.post, "/v1/chat/completions", StandIn.question("apiece", stream: true))
            for try await _ in stream.body { break }
            let open = try await gateway.json(.get, "/gateway/budgets").document["accounts"]?[0]
            #expect(open?["reserved"] == 0.01)
            try await gateway.restart()
            stream.body.cancel()
            let account = try await gateway.json(.get, "/gateway/budgets").document["accounts"]?[0]
            #expect(account?["reserved"]?.doubleValue == 0)
            // What it may have cost is charged, and with it the lease, which is a twentieth of the limit at most.
            #expect((0.01...0.0151).contains(account?["spent"]?.doubleValue ?? 0), "\(account ?? .null)")
            let next = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("apiece"))
            #expect(next.status == 200)
        }
    }

    /// A person spends from their own budget and from that of the organisation in whose name they ask.
    @Test func peopleAndOrganisationsAreHeldToTheirBudgets() async throws {
        try await StandIn.with(settings: ["registration": "open"]) { gateway, _ in
            let account: JSONValue = ["email": "ann@example.org", "password": "correct horse battery staple", "name": "Ann"]
            #expect(try await gateway.json(.post, "/auth/register", account).status == 202)
            let login: JSONValue = ["email": "ann@example.org", "password": "correct horse battery staple"]
            let session = try await gateway.json(.post, "/auth/login", login).document
            let token = try #require(session["token"]?.stringValue)
            let membership = try #require(session["organisations"]?[0])
            for (scope, subject, limit) in [
                ("organisation", membership["organisation"], "0.02"), ("user", membership["user"], "0.03"),
            ] {
                let body: JSONValue = [
                    "scope": .string(scope), "subject": subject ?? .null, "period": "total", "limit": .string(limit),
                ]
                #expect(try await gateway.json(.put, "/gateway/budgets/\(scope)", body).status == 200)
            }
            var statuses: [Int] = []
            for _ in 0..<3 {
                statuses.append(
                    try await gateway.json(.post, "/v1/chat/completions", StandIn.question("apiece"), key: token).status)
            }
            #expect(statuses == [200, 200, 402])
            #expect(try await gateway.json(.post, "/v1/chat/completions", StandIn.question("apiece")).status == 200)
            let accounts = try await gateway.json(.get, "/gateway/budgets", key: token).document["accounts"]?.arrayValue ?? []
            #expect(accounts.count == 2, "\(accounts)")
            // The ledger is a fraction of a second behind.
            try await eventually("both calls are the organisation's") {
                let cost = try await gateway.json(.get, "/gateway/cost?by=organisation", key: token).document
                // Sums and groups are read one after the other.
                return cost["total"]?["calls"] == 2 && cost["groups"]?[0]?["group"] == membership["organisation"]
            }
        }
    }

    /// Whoever guesses the name of another's session spends nothing of it.
    @Test func sessionsOfOneNameAreEachOwnersOwn() async throws {
        try await StandIn.with { gateway, _ in
            let ann = try await Administrator.key(gateway, ["name": "a", "owner": "ann", "scopes": ["llm"]])
            let bob = try await Administrator.key(gateway, ["name": "b", "owner": "bob", "scopes": ["llm"]])
            let budget: JSONValue = ["scope": "session", "period": "total", "limit": "0.01"]
            #expect(try await gateway.json(.put, "/gateway/budgets/all", budget).status == 200)
            func status(_ key: String) async throws -> Int {
                try await gateway.json(
                    .post, "/v1/chat/completions", StandIn.question("apiece"), headers: ["X-AVStudio-Session": "chat-1"], key: key
                ).status
            }
            #expect(try await [status(ann.text), status(ann.text), status(bob.text)] == [200, 402, 200])
            let raised: JSONValue = ["scope": "session", "subject": "ann/chat-1", "period": "total", "limit": "0.02"]
            #expect(try await gateway.json(.put, "/gateway/budgets/ann", raised).status == 200)
            #expect(try await [status(bob.text), status(ann.text)] == [402, 200])
        }
    }

    @Test(arguments: [
        (#"{"scope":"session","subject":"chat-1","period":"total","limit":"1"}"#, "subject"),
        (#"{"scope":"user","subject":["guest"],"period":"month","limit":"0"}"#, "subject"),
        (#"{"scope":"user","period":"month","limit":"1","subjekt":"guest"}"#, "subjekt"),
        (#"{"scope":"user","period":"month","limit":"1","thresholds":[50.5]}"#, "thresholds"),
        (#"{"scope":"user","period":"month","limit":"1","thresholds":["50"]}"#, "thresholds"),
        (#"{"scope":"user","period":"month","limit":"1","thresholds":[0]}"#, "thresholds"),
        (#"{"scope":"user","period":"month","limit":true}"#, "limit"),
        (#"{"scope":"user","period":"month","limit":"9999999999"}"#, "limit"),
        (#"{"scope":"user","period":"month"}"#, "limit"),
        (#"{"scope":"user","period":"week","limit":"1"}"#, "period"),
        (#"{"scope":"user","limit":"1"}"#, "period"),
        (#"{"scope":1,"period":"day","limit":"1"}"#, "scope"),
        (#"{"period":"day","limit":"1"}"#, "scope"),
        (#"{"scope":"user","period":"day","limit":"1","at_limit":"stopp"}"#, "at_limit"),
        (#"[]"#, nil),
        (#"{"#, nil),
    ])
    func aBudgetThatIsNotUnderstoodIsRefused(_ body: String, _ field: String?) async throws {
        let error = try #require(throws: (any Error).self) { try BudgetDocument.read(Bytes(body.utf8), id: "b") }
        #expect((error as? SchemaError)?.field ?? (error as? ModelRequestError)?.field == field ?? "")
    }

    @Test func aBudgetIsReadAsItIsWritten() throws {
        let text = #"{"scope":"user","subject":"guest","period":"day","limit":0.5,"at_limit":"reroute","thresholds":[80,100]}"#
        #expect(
            try BudgetDocument.read(Bytes(text.utf8), id: "b")
                == Budget(
                    id: "b", kind: .user, subject: "guest", period: .day, limit: Money(nanoDollars: 500_000_000), atLimit: .reroute,
                    thresholds: [80, 100]))
        let short = try BudgetDocument.read(Bytes(#"{"scope":"key","period":"total","limit":"1","subject":null}"#.utf8), id: "b")
        #expect(short == Budget(id: "b", kind: .key, period: .total, limit: .dollars(1)))
    }

    @Test func refusalsNameTheField() async throws {
        try await StandIn.with { gateway, _ in
            let bad = try await gateway.json(
                .put, "/gateway/budgets/b", ["scope": "user", "subject": ["guest"], "period": "month", "limit": "0"])
            #expect(bad.status == 400)
            #expect(bad.document["field"] == "subject")
            let long = try await gateway.json(
                .put, "/gateway/budgets/\(String(repeating: "x", count: 201))", ["scope": "user", "period": "month", "limit": "0"])
            #expect(long.status == 400)
            // Nobody is stopped by what was refused.
            #expect(try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt")).status == 200)
        }
    }

    /// A provider that charges pictures apiece does not tell their number: each is kept before and charged after.
    @Test func picturesAreChargedApiece() async throws {
        try await StandIn.with { gateway, provider in
            try await budget(gateway, "0.05")
            func question(_ pictures: Int) -> JSONValue {
                let picture: JSONValue = ["type": "image_url", "image_url": ["url": "https://example.com/a.png"]]
                let parts = [JSONValue](repeating: picture, count: pictures) + [["type": "text", "text": "What is this?"]]
                return ["model": "apiece", "messages": [["role": "user", "content": .array(parts)]], "max_tokens": 10]
            }
            let three = try await gateway.json(.post, "/v1/chat/completions", question(3))
            #expect(three.status == 200, "\(three.document)")
            #expect(three.headers["X-AVStudio-Cost"] == "0.016000000")
            #expect(abs((try await spent(gateway) ?? 0) - 0.016) < 1e-12)
            let many = try await gateway.json(.post, "/v1/chat/completions", question(13))
            #expect(many.status == 402, "one cent and 13 times 0.2 cents are more than what is left")
            #expect(provider.seen.count == 1)
        }
    }

    @Test func callsThatABudgetRefusesTakeNoTokens() async throws {
        try await StandIn.with(settings: ["model-tokens-per-minute": "1000"]) { gateway, _ in
            try await budget(gateway, "0")
            for _ in 0..<20 {
                #expect(try await gateway.json(.post, "/v1/chat/completions", StandIn.question("apiece")).status == 402)
            }
            try await budget(gateway, "1.00")
            #expect(try await gateway.json(.post, "/v1/chat/completions", StandIn.question("apiece")).status == 200)
        }
    }
}
