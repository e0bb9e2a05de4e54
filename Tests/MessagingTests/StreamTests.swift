import Messaging
import Primitives
import TestSupport
import Testing

let orders = StreamSettings(name: "ORDERS", subjects: ["order.>"], retention: .workQueue, maximumBytes: .mib(16))

@Suite struct StreamTests {
    private let fixture: Fixture

    init() async throws {
        fixture = try await Fixture.start()
    }

    @Test func aStreamIsMadeOnceAndBroughtToNewSettings() async throws {
        var settings = orders
        try await fixture.bus.ensureStream(settings)
        try await fixture.bus.ensureStream(settings)
        let first = try await fixture.bus.publishDurable("order.a", "1".bytes, messageID: "a")
        settings.subjects.append("more.>")
        try await fixture.bus.ensureStream(settings)
        let second = try await fixture.bus.publishDurable("more.b", "2".bytes, messageID: "b")
        #expect(first.stream == "ORDERS" && first.sequence == 1 && !first.isDuplicate)
        #expect(second.sequence == 2)
        #expect(try await fixture.bus.streamUsage("ORDERS").messages == 2)
    }

    @Test func aRepeatedMessageIsStoredOnce() async throws {
        try await fixture.bus.ensureStream(orders)
        let first = try await fixture.bus.publishDurable("order.a", "1".bytes, messageID: "same")
        let second = try await fixture.bus.publishDurable("order.a", "1".bytes, messageID: "same")
        #expect(!first.isDuplicate && second.isDuplicate && first.sequence == second.sequence)
        #expect(try await fixture.bus.streamUsage("ORDERS").messages == 1)
    }

    @Test func noStreamTakesTheSubject() async throws {
        let error = await failure {
            try await fixture.bus.publishDurable("nowhere", [], messageID: "a")
        }
        #expect(error == .noResponders(subject: "nowhere"))
    }

    @Test func aFullStreamIsStorageFullAndTakesAgainWhenThereIsRoom() async throws {
        try await fixture.bus.ensureStream(
            StreamSettings(name: "ORDERS", subjects: ["order.>"], retention: .workQueue, maximumBytes: .kib(16)))
        let queue = try await fixture.bus.workQueue(stream: "ORDERS", consumer: ConsumerSettings(durableName: "taker"))
        var stored = 0
        var error: MessagingError?
        while error == nil && stored < 100 {
            error = await failure {
                try await fixture.bus.publishDurable("order.a", Bytes(repeating: 0, count: 1024), messageID: "\(stored)")
            }
            stored += 1
        }
        guard case .storageFull(let code, _) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(code == 10077 && error?.code == "storage-full" && error?.isRetriable == true)
        for item in try await queue.fetch(maximum: 4, wait: .seconds(1)) { try await item.acknowledgeSync() }
        try await eventually("there is room") {
            await failure {
                try await fixture.bus.publishDurable("order.a", [], messageID: "again")
            } == nil
        }
    }

    @Test func aFullStoreIsStorageFull() async throws {
        let fixture = try await Fixture.start(maximumStore: .kib(64))
        defer { fixture.server.stop() }
        let error = await failure {
            try await fixture.bus.ensureStream(orders)
        }
        guard case .storageFull = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func changesThatAreNotAllowedAreTyped() async throws {
        try await fixture.bus.ensureStream(orders)
        var other = orders
        other.retention = .limits
        let error = await failure {
            try await fixture.bus.ensureStream(other)
        }
        guard case .jetStream(let code, let reason) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(code == 10052 && !reason.isEmpty)
        let missing = await failure { try await fixture.bus.streamUsage("NONE") }
        guard case .notFound = missing else { return #expect(Bool(false), "\(String(describing: missing))") }
    }

    @Test func everyAcknowledgedMessageSurvivesTheServersDeath() async throws {
        try await fixture.bus.ensureStream(orders)
        let (next, acknowledged) = (Shared(0), Shared<Set<String>>([]))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    while true {
                        let index = next.change { next in
                            next += 1
                            return next
                        }
                        guard index <= 200 else { return }
                        let error = await failure {
                            try await fixture.bus.publishDurable(
                                "order.a", "\(index)".bytes, messageID: "\(index)", timeout: .seconds(1))
                        }
                        guard error == nil else { return }
                        let count = acknowledged.change { acknowledged in
                            acknowledged.insert("\(index)")
                            return acknowledged.count
                        }
                        if count == 100 { fixture.server.kill() }
                    }
                }
            }
        }
        #expect((100..<200).contains(acknowledged.value.count))
        try await fixture.server.restart()
        #expect(acknowledged.value.isSubset(of: try await fixture.takeAll()))
    }

    @Test func whatFailedIsSafeToPublishAgain() async throws {
        try await fixture.bus.ensureStream(orders)
        let attempts = Shared(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    try await eventually("stored") {
                        attempts.change { $0 += 1 }
                        return await failure {
                            try await fixture.bus.publishDurable(
                                "order.a", "\(index)".bytes, messageID: "\(index)", timeout: .seconds(1))
                        } == nil
                    }
                }
            }
            try await eventually("begun") { attempts.value >= 200 }
            fixture.server.kill()
            try await fixture.server.restart()
            try await group.waitForAll()
        }
        #expect(try await fixture.bus.streamUsage("ORDERS").messages == 200)
    }
}

extension Fixture {
    /// Takes everything that is in the orders stream.
    func takeAll() async throws -> Set<String> {
        try await eventually("connected again") { bus.isConnected }
        var queue: WorkQueue?
        try await eventually("JetStream is back") {
            do throws(MessagingError) {
                queue = try await bus.workQueue(stream: "ORDERS", consumer: ConsumerSettings(durableName: "taker"))
                return true
            } catch {
                guard error.isRetriable else { throw error }
                return false
            }
        }
        var texts: Set<String> = []
        try await eventually("all is taken") {
            for item in try await queue?.fetch(maximum: 100, wait: .milliseconds(200)) ?? [] {
                texts.insert(item.message.text)
                try await item.acknowledge()
            }
            return try await bus.streamUsage("ORDERS").messages == 0
        }
        return texts
    }
}
