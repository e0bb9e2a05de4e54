import FoundationEssentials
import HTTP
import HTTPClient
import HTTPServer
import ModelGateway
import ModelProtocols
import ModelRouting
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

/// The calls that have been reported.
private final class EndedCalls: Sendable {
    private let calls = Mutex<[EndedCall]>([])
    var all: [EndedCall] { calls.withLock { $0 } }
    @Sendable func add(_ call: EndedCall) { calls.withLock { $0.append(call) } }
}

/// The service of language models without a gateway around it.
@Suite struct DispatchTests {
    /// The connection ends between the answer's first piece and its head.
    @Test func aStreamThatNobodyReadsIsChargedAndTold() async throws {
        let ended = EndedCalls()
        try await withModelService(reporting: ended.add) { service, _, provider in
            provider.script(.hang(afterEvents: 4))
            let caller = ModelCaller(key: "k", user: "u", requestID: "req-1")
            let request = try DoorRequest(StandIn.question("gpt", stream: true).serialized(), door: .openAIChat)
            _ = try await service.answer(request, for: caller)
            await provider.waitForDepartures(1)
            let calls = ended.all
            let call = try #require(calls.first).record
            #expect(call.outcome == .cancelled && call.key == "k" && call.requestID == "req-1" && call.model == "gpt")
            // What came, not what was kept for it.
            #expect(call.usage.input > 0 && (0...10).contains(call.usage.output) && call.cost > .zero)
            let budget = try await service.budgets.statuses(for: caller.account)
            #expect(budget.allSatisfy { $0.reserved == .zero && $0.spent == call.cost }, "\(budget)")
            try await eventually("the ledger has it") { try await service.ledger.report().total.calls == 1 }
            #expect(ended.all.count == 1)
        }
    }

    @Test func aBudgetThatNoModelFitsIntoRefusesAndTells() async throws {
        let thresholds = Mutex<[Int]>([])
        try await withModelService(alerting: { event in thresholds.withLock { $0.append(event.threshold) } }) {
            service, _, provider in
            try await service.budgets.put(
                Budget(id: "key", kind: .key, subject: nil, period: .total, limit: .zero, atLimit: .reroute, thresholds: [100]))
            let request = try DoorRequest(StandIn.question("dear").serialized(), door: .openAIChat)
            let error = await #expect(throws: CallRefused.self) {
                try await service.answer(request, for: ModelCaller(key: "k", user: nil))
            }
            #expect(error?.failure.kind == .budget && error?.code == "budget-exceeded")
            try await service.budgets.flush()
            #expect(thresholds.withLock(\.self) == [100] && provider.seen.isEmpty)
        }
    }

    /// The disk takes what the first attempt may cost, and not what a second would add.
    @Test func aBudgetThatCanNotBeWrittenLeavesNoCallUntold() async throws {
        let ended = EndedCalls()
        try await withModelService(reporting: ended.add) { service, database, provider in
            try await service.budgets.put(
                Budget(id: "key", kind: .key, subject: nil, period: .total, limit: Money(nanoDollars: 50_000_000)))
            try await database.write {
                try $0.execute(
                    """
                    CREATE TRIGGER full BEFORE UPDATE ON budget_account WHEN new.budget = 'key' AND new.spent + new.leased > 15000000
                    BEGIN SELECT RAISE(ABORT, 'full'); END
                    """)
            }
            provider.script(.close(afterEvents: 0))
            let request = try DoorRequest(StandIn.question("apiece").serialized(), door: .openAIChat)
            let caller = ModelCaller(key: "k", user: nil)
            await #expect(throws: CallRefused.self) { try await service.answer(request, for: caller) }
            let call = try #require(ended.all.first).record
            #expect(ended.all.count == 1 && call.outcome == .failed && call.cost == Money(nanoDollars: 10_000_000))
            #expect(provider.seen.count == 1)
            try await database.write { try $0.execute("DROP TRIGGER full") }
            let account = try #require(try await service.budgets.statuses(for: caller.account).first { $0.budget.id == "key" })
            #expect(account.spent == call.cost && account.reserved == .zero, "\(account)")
        }
    }

    /// Ollama cuts a prompt that is longer than the room it was told to make.
    @Test func ollamaIsToldHowMuchRoomToMake() async throws {
        try await withModelService { service, _, provider in
            for (words, room) in [(1, 4096), (4000, 16384), (30000, 100_000)] {
                let text = String(repeating: "word ", count: words)
                let request = try DoorRequest(StandIn.question("llama", text).serialized(), door: .openAIChat)
                _ = try await service.answer(request, for: ModelCaller(key: "k", user: nil))
                #expect(provider.seen.last?.body["options"]?["num_ctx"] == .integer(Int64(room)), "\(words) words")
            }
        }
    }

    /// As long as the model can, which is what the budgets keep money for.
    @Test func anAnswerWithoutALimitIsNotCutShort() async throws {
        try await withModelService { service, _, provider in
            var question = StandIn.question("gifted").objectValue ?? [:]
            question["max_tokens"] = nil
            for door in [Door.openAIChat, .plain] {
                let request = try DoorRequest(JSONValue.object(question).serialized(), door: door)
                _ = try await service.answer(request, for: ModelCaller(key: "k", user: nil))
                #expect(provider.seen.last?.body["max_tokens"] == 8192)
            }
        }
    }

    /// Two hundred names of one model are one count; of many models that count each in their own way, too many bytes.
    @Test func countingForManyModelsIsBounded() async throws {
        try await withModelService { service, _, _ in
            let caller = ModelCaller(key: "k", user: nil)
            let text = JSONValue.string(String(repeating: "a b ", count: 5 << 20))
            let names = [JSONValue](repeating: "gpt", count: 200)
            let counted = try await service.analyze(
                JSONValue.object(["text": "a b c", "models": .array(names)]).serialized(), for: caller)
            #expect(counted["counts"]?.arrayValue?.count == 200)
            let tool: JSONValue = ["name": "f", "description": "d"]
            let many = [
                "gpt", "claude", "gem", "llama", "careful", "apiece", "dear", "wordy", "patient", "thinker", "gifted", "keyless",
            ]
            let body: JSONValue = [
                "prompt": text, "tools": [tool], "models": .array((many + ["unreachable"]).map { .string($0) }),
            ]
            let error = await #expect(throws: ModelRequestError.self) { try await service.analyze(body.serialized(), for: caller) }
            #expect(error?.field == "models")
            // Who leaves is not counted for any longer.
            let few = JSONValue.object(["text": text, "models": ["gpt", "claude", "gem"]]).serialized()
            let left = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await service.analyze(few, for: caller)
            }
            await #expect(throws: CancellationError.self) { try await left.value }
        }
    }

    /// The other connections of a loop wait for what runs there.
    @Test func longTextsAreNotCountedOnTheLoop() async throws {
        let threads = TokenThreads()
        var router = Router()
        router.on(.get, "/count") { request in
            let bytes = request.query["bytes"].flatMap(Int.init) ?? 0
            let isOnLoop = try await threads.run(bytes: bytes) { HostLoops.current != nil }
            return .text("\(isOnLoop), then \(HostLoops.current != nil)")
        }
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        let server = HTTPServer(configuration: configuration, router: router)
        try server.start()
        let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .allowing(["127.0.0.1"])))
        for (bytes, told) in [(TokenThreads.shortText, "true, then true"), (TokenThreads.shortText + 1, "false, then true")] {
            let answer = try await client.send(ClientRequest(.get, "http://127.0.0.1:\(server.port)/count?bytes=\(bytes)"))
            #expect(String(decoding: try await answer.collect(upTo: .kib(1)), as: UTF8.self) == told)
        }
        await client.shutdown()
        await server.drain()
    }
}
