import HTTP
import HTTPClient
import Primitives
import TestSupport
import Testing

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

    @Test func aCallIsChargedByWhatItUsed() async throws {
        try await StandIn.with { gateway, _ in
            try await budget(gateway, "1.00")
            let answer = try await gateway.json(.post, "/v1/chat/completions", StandIn.question("gpt"))
            // 21 tokens at 1 $ and 9 at 10 $ a million.
            #expect(answer.headers["X-AVStudio-Cost"] == "0.000111000")
            #expect(abs((try await spent(gateway) ?? 0) - 0.000111) < 1e-12)
            // The ledger is a fraction of a second behind.
            var calls: Int64?
            while calls != 1 {
                calls = try await gateway.json(.get, "/gateway/cost?by=model").document["total"]?["calls"]?.integerValue
            }
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
            try await withDeadline(.seconds(20)) {
                while true {
                    let cost = try await gateway.json(.get, "/gateway/cost?by=organisation", key: token).document
                    guard cost["total"]?["calls"] == 2 else { continue }
                    #expect(cost["groups"]?[0]?["group"] == membership["organisation"])
                    break
                }
            }
        }
    }
}
