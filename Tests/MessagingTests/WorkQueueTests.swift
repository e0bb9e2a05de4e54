import Messaging
import Primitives
import TestSupport
import Testing

@Suite struct WorkQueueTests {
    private let fixture: Fixture

    init() async throws {
        fixture = try await Fixture.start()
    }

    private func makeQueue(_ change: (inout ConsumerSettings) -> Void = { _ in }) async throws -> WorkQueue {
        try await fixture.bus.ensureStream(orders)
        var settings = ConsumerSettings(durableName: "workers", filterSubjects: ["order.>"], ackWait: .seconds(30))
        change(&settings)
        return try await fixture.bus.workQueue(stream: "ORDERS", consumer: settings)
    }

    @Test func anItemTellsWhereItComesFrom() async throws {
        let queue = try await makeQueue()
        let before = Timestamp.now()
        _ = try await fixture.bus.publishDurable("order.audio", "one".bytes, messageID: "1", headers: ["Kind": "job"])
        let item = try #require(try await queue.fetch(maximum: 1, wait: .seconds(5)).first)
        #expect(item.message.subject == "order.audio" && item.message.text == "one" && item.message.headers["Kind"] == "job")
        #expect(item.deliveries == 1 && item.streamSequence == 1)
        #expect(item.storedAt >= before && item.storedAt <= .now())
        #expect(try await queue.inWork() == 1)
        try await item.acknowledgeSync()
        #expect(try await queue.inWork() == 0)
        #expect(try await fixture.bus.streamUsage("ORDERS").messages == 0)
    }

    @Test func aFetchTakesWhatIsThere() async throws {
        let queue = try await makeQueue()
        for index in 0..<5 { _ = try await fixture.bus.publishDurable("order.a", "\(index)".bytes, messageID: "\(index)") }
        // The server counts a moment after it has stored.
        try await eventually("five wait") { try await queue.pending() == 5 }
        let begin = ContinuousClock.now
        let items = try await queue.fetch(maximum: 100, wait: .seconds(30))
        #expect(items.map(\.message.text) == ["0", "1", "2", "3", "4"])
        #expect(ContinuousClock.now - begin < .seconds(20), "it must not wait for a full batch")
        #expect(try await queue.pending() == 0)
    }

    @Test func anEmptyQueueGivesNothing() async throws {
        let queue = try await makeQueue()
        #expect(try await queue.fetch(maximum: 10, wait: .zero).isEmpty)
        #expect(try await queue.fetch(maximum: 10, wait: .milliseconds(50)).isEmpty)
    }

    @Test func aWaitingFetchGetsWhatComes() async throws {
        let queue = try await makeQueue()
        async let items = queue.fetch(maximum: 10, wait: .seconds(30))
        try await eventually("waiting") { try await fixture.waitingPulls() == 1 }
        _ = try await fixture.bus.publishDurable("order.a", "late".bytes, messageID: "1")
        #expect(try await items.map(\.message.text) == ["late"])
    }

    @Test func manyWaitAtOnceAndEachItemGoesToOne() async throws {
        let queue = try await makeQueue()
        let taken = Shared<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    while taken.value.count < 200 {
                        for item in try await queue.fetch(maximum: 1, wait: .milliseconds(300)) {
                            taken.change { $0.append(item.message.text) }
                            try await item.acknowledge()
                        }
                    }
                }
            }
            for index in 0..<200 {
                group.addTask { _ = try await fixture.bus.publishDurable("order.a", "\(index)".bytes, messageID: "\(index)") }
            }
            try await group.waitForAll()
        }
        #expect(taken.value.count == 200 && Set(taken.value).count == 200)
        try await eventually("all are acknowledged") { try await fixture.bus.streamUsage("ORDERS").messages == 0 }
    }

    @Test func whatIsNotAcknowledgedComesAgain() async throws {
        let queue = try await makeQueue { $0.ackWait = .milliseconds(200) }
        _ = try await fixture.bus.publishDurable("order.a", [], messageID: "1")
        let first = try #require(try await queue.fetch(maximum: 1, wait: .seconds(5)).first)
        let second = try #require(try await queue.fetch(maximum: 1, wait: .seconds(5)).first)
        #expect(first.deliveries == 1 && second.deliveries == 2 && first.streamSequence == second.streamSequence)
    }

    @Test func workInProgressDoesNotComeAgain() async throws {
        let queue = try await makeQueue { $0.ackWait = .seconds(2) }
        _ = try await fixture.bus.publishDurable("order.a", [], messageID: "1")
        let item = try #require(try await queue.fetch(maximum: 1, wait: .seconds(5)).first)
        for _ in 0..<12 {
            try item.inProgress()
            #expect(try await queue.fetch(maximum: 1, wait: .milliseconds(250)).isEmpty)
        }
        try await item.acknowledgeSync()
    }

    @Test func aRetryComesNotBeforeItsDelay() async throws {
        let queue = try await makeQueue()
        _ = try await fixture.bus.publishDurable("order.a", [], messageID: "1")
        let item = try #require(try await queue.fetch(maximum: 1, wait: .seconds(5)).first)
        let begin = ContinuousClock.now
        try item.retry(after: .milliseconds(300))
        let again = try #require(try await queue.fetch(maximum: 1, wait: .seconds(10)).first)
        #expect(ContinuousClock.now - begin >= .milliseconds(290))
        #expect(again.deliveries == 2)
        try again.retry(after: .zero)
        #expect(try await queue.fetch(maximum: 1, wait: .seconds(10)).first?.deliveries == 3)
    }

    @Test func whatIsTerminatedNeverComesAgain() async throws {
        let queue = try await makeQueue { $0.ackWait = .milliseconds(200) }
        _ = try await fixture.bus.publishDurable("order.a", [], messageID: "1")
        let item = try #require(try await queue.fetch(maximum: 1, wait: .seconds(5)).first)
        try item.terminate()
        try await eventually("gone") { try await fixture.bus.streamUsage("ORDERS").messages == 0 }
        #expect(try await queue.fetch(maximum: 1, wait: .milliseconds(400)).isEmpty)
    }

    @Test func deliveriesAreLimited() async throws {
        let queue = try await makeQueue {
            $0.ackWait = .milliseconds(100)
            $0.maxDeliver = 3
        }
        _ = try await fixture.bus.publishDurable("order.a", [], messageID: "1")
        for expected in 1...3 {
            #expect(try await queue.fetch(maximum: 1, wait: .seconds(5)).first?.deliveries == expected)
        }
        #expect(try await queue.fetch(maximum: 1, wait: .milliseconds(400)).isEmpty)
    }

    @Test func noMoreAreOutThanAllowed() async throws {
        let queue = try await makeQueue { $0.maxAckPending = 2 }
        for index in 0..<5 { _ = try await fixture.bus.publishDurable("order.a", [], messageID: "\(index)") }
        let items = try await queue.fetch(maximum: 5, wait: .milliseconds(500))
        #expect(items.count == 2)
        #expect(try await queue.fetch(maximum: 5, wait: .milliseconds(100)).isEmpty)
        try await #require(items.first).acknowledgeSync()
        #expect(try await queue.fetch(maximum: 5, wait: .seconds(5)).count == 1)
    }

    @Test func whatACancelledFetchWouldHaveGottenGoesToTheNextAtOnce() async throws {
        let queue = try await makeQueue()
        let fetch = Task { await failure { try await queue.fetch(maximum: 5, wait: .seconds(20)) } }
        try await eventually("waiting") { try await fixture.waitingPulls() == 1 }
        fetch.cancel()
        #expect(await fetch.value == .cancelled)
        // The server still has the cancelled request and answers it.
        _ = try await fixture.bus.publishDurable("order.a", "one".bytes, messageID: "1")
        var items: [WorkItem] = []
        try await eventually("given back, long before the 30 s of the acknowledgement") {
            items += try await queue.fetch(maximum: 5, wait: .milliseconds(100))
            return !items.isEmpty
        }
        #expect(items.map(\.message.text) == ["one"])
    }

    @Test func aConsumerThatIsGoneIsMadeAgain() async throws {
        let queue = try await makeQueue()
        _ = try await fixture.bus.request("$JS.API.CONSUMER.DELETE.ORDERS.workers", [])
        _ = try await fixture.bus.publishDurable("order.a", "one".bytes, messageID: "1")
        #expect(try await queue.fetch(maximum: 1, wait: .seconds(5)).map(\.message.text) == ["one"])
    }

    @Test func settingsOfAConsumerAreBroughtUpToDate() async throws {
        _ = try await makeQueue()
        let settings = ConsumerSettings(durableName: "workers", filterSubjects: ["order.>"], ackWait: .seconds(7), maxDeliver: 9)
        _ = try await fixture.bus.workQueue(stream: "ORDERS", consumer: settings)
        let info = try await fixture.consumer()
        #expect(info["config"]?["ack_wait"]?.integerValue == 7_000_000_000)
        #expect(info["config"]?["max_deliver"]?.integerValue == 9)
    }

    @Test func fetchingGoesOnAfterTheServersDeath() async throws {
        let queue = try await makeQueue()
        let waiting = Task { await failure { try await queue.fetch(maximum: 1, wait: .seconds(20)) } }
        try await eventually("waiting") { try await fixture.waitingPulls() == 1 }
        _ = try await fixture.bus.publishDurable("order.b", [], messageID: "0")
        _ = await waiting.value
        let lost = Task { await failure { try await queue.fetch(maximum: 1, wait: .seconds(20)) } }
        try await eventually("waiting again") { try await fixture.waitingPulls() == 1 }
        fixture.server.kill()
        let error = try #require(await lost.value)
        #expect(error.isRetriable && error.code == "messaging-disconnected")
        try await fixture.server.restart()
        try await eventually("stored") {
            await failure {
                try await fixture.bus.publishDurable("order.a", "one".bytes, messageID: "1", timeout: .seconds(1))
            } == nil
        }
        var texts: [String] = []
        try await eventually("fetched") {
            do throws(MessagingError) {
                texts += try await queue.fetch(maximum: 1, wait: .milliseconds(200)).map(\.message.text)
            } catch {
                guard error.isRetriable else { throw error }
            }
            return texts.contains("one")
        }
    }
}

extension Fixture {
    /// What the server says about the consumer `workers`.
    func consumer() async throws -> JSONValue {
        try JSONValue(parsing: try await bus.request("$JS.API.CONSUMER.INFO.ORDERS.workers", []).payload)
    }

    /// Pull requests that wait in the server.
    func waitingPulls() async throws -> Int64 {
        try await consumer()["num_waiting"]?.integerValue ?? 0
    }
}
