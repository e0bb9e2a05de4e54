import Persistence
import Primitives
import Synchronization
import Testing
import TestSupport

@Suite struct OutboxTests {
    /// What a queue saw, and how it behaves.
    private final class Queue: Sendable {
        private struct State {
            var begun: [String] = []
            var published: [OutboxMessage] = []
        }

        private let state = Mutex(State())
        private let failureRate: Double

        init(failureRate: Double = 0) {
            self.failureRate = failureRate
        }

        var begun: [String] { state.withLock(\.begun) }
        var published: [OutboxMessage] { state.withLock(\.published) }

        func publish(_ message: OutboxMessage) async throws {
            state.withLock { $0.begun.append(message.id) }
            await Task.yield()
            if Double.random(in: 0..<1) < failureRate { throw TestFailure(message: "not now") }
            state.withLock { $0.published.append(message) }
        }
    }

    private func message(_ number: Int) -> OutboxMessage {
        let payload = Bytes("payload \(number)".utf8)
        return OutboxMessage(id: "m\(number)", subject: "test.\(number % 3)", payload: payload, headers: ["n": "\"\(number)\""])
    }

    private func open(_ scratch: TemporaryFolder) async throws -> Database {
        try await Database.open(scratch.database, migrations: Outbox.migrations)
    }

    private func waiting(_ database: Database) async throws -> Int {
        try await database.read { Int(try $0.first("SELECT count(*) AS n FROM outbox") { try $0.integer("n") } ?? -1) }
    }

    /// Runs a publisher while `body` runs, then until the outbox is empty.
    private func publishing(
        _ database: Database, _ queue: Queue, batch: Int, _ body: () async throws -> Void = {}
    ) async throws {
        let publisher = OutboxPublisher(database: database, batch: batch) { try await queue.publish($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            try await body()
            try await eventually("the outbox is empty") { try await self.waiting(database) == 0 }
            group.cancelAll()
        }
    }

    @Test func messagesArriveAsTheyWereAppendedAndInOrder() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await open(scratch)
        let queue = Queue()
        try await publishing(database, queue, batch: 16) {
            for start in stride(from: 0, to: 300, by: 3) {
                try await database.write { connection in
                    for number in start..<start + 3 { try Outbox.append(message(number), on: connection) }
                }
            }
        }
        #expect(queue.begun == (0..<300).map { "m\($0)" })
        let expected = Dictionary(uniqueKeysWithValues: (0..<300).map { ("m\($0)", message($0)) })
        #expect(queue.published.count == 300 && queue.published.allSatisfy { expected[$0.id] == $0 })
    }

    @Test(.timeLimit(.minutes(1))) func failuresLoseNothingAndRepeatNothing() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await open(scratch)
        let queue = Queue(failureRate: 0.1)
        try await publishing(database, queue, batch: 16) {
            for number in 0..<150 { try await database.write { try Outbox.append(message(number), on: $0) } }
        }
        #expect(queue.begun.count > 150, "some were tried again")
        #expect(queue.published.count == 150)
        #expect(Set(queue.published.map(\.id)) == Set((0..<150).map { "m\($0)" }))
    }

    @Test(.timeLimit(.minutes(1))) func oneAtATimeTheOrderIsStrict() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await open(scratch)
        let queue = Queue(failureRate: 0.2)
        try await publishing(database, queue, batch: 1) {
            for number in 0..<40 { try await database.write { try Outbox.append(message(number), on: $0) } }
        }
        #expect(queue.published.map(\.id) == (0..<40).map { "m\($0)" })
    }

    @Test func oneThatNeverGoesDoesNotHoldUpTheOthers() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await open(scratch)
        let queue = Queue()
        let publisher = OutboxPublisher(database: database, batch: 4) { message in
            if message.id == "m0" { throw TestFailure(message: "never") }
            try await queue.publish(message)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            for number in 0..<40 { try await database.write { try Outbox.append(message(number), on: $0) } }
            try await eventually("all but one are published") { try await self.waiting(database) == 1 }
            group.cancelAll()
        }
        #expect(Set(queue.published.map(\.id)) == Set((1..<40).map { "m\($0)" }))
    }

    @Test func refusedMessagesAreSetAside() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await open(scratch)
        let queue = Queue()
        // Those of long ago make room.
        try await database.write { connection in
            try connection.execute(
                """
                WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 990)
                INSERT INTO outbox_refused SELECT 'old' || n, 's', x'', '{}', 'old' FROM number
                """)
        }
        // More of them at the head than are under way at once.
        for number in 0..<20 { try await database.write { try Outbox.append(message(number), on: $0) } }
        let publisher = OutboxPublisher(database: database, batch: 4) { message in
            if message.id != "m19" { throw Outbox.Refused("too large") }
            try await queue.publish(message)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            try await eventually("the outbox is empty") { try await self.waiting(database) == 0 }
            group.cancelAll()
        }
        #expect(queue.published.map(\.id) == ["m19"])
        let kept = try await database.read { connection in
            try connection.query("SELECT id FROM outbox_refused WHERE reason = 'too large'") { try $0.text("id") }
        }
        #expect(Set(kept) == Set((0..<19).map { "m\($0)" }))
        let all = try await database.read { try $0.first("SELECT count(*) AS n FROM outbox_refused") { try $0.integer("n") } }
        #expect(all == 1000)
    }

    @Test func aMessageThatWasTakenBackIsNotPublished() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await open(scratch)
        let queue = Queue()
        try await publishing(database, queue, batch: 16) {
            await #expect(throws: TestFailure.self) {
                try await database.write { connection in
                    try Outbox.append(message(1), on: connection)
                    throw TestFailure(message: "the job could not be stored")
                }
            }
            try await database.write { try Outbox.append(message(2), on: $0) }
        }
        #expect(queue.published.map(\.id) == ["m2"])
    }

    /// The publisher ends between the queue's acknowledgement and the removal; its successor publishes again, with the same id.
    @Test func whatWasUnderWayIsPublishedAfterARestart() async throws {
        let scratch = try TemporaryFolder("persistence")
        var database = try await open(scratch)
        try await database.write { [self] connection in
            for number in 0..<20 { try Outbox.append(message(number), on: connection) }
        }
        let begun = Counter()
        let stuck = OutboxPublisher(database: database, batch: 8) { _ in
            begun.raise()
            try await Task.sleep(for: .seconds(60))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await stuck.run() }
            try await eventually("a batch is under way") { begun.value == 8 }
            group.cancelAll()
        }
        await database.close()

        database = try await open(scratch)
        let queue = Queue()
        try await publishing(database, queue, batch: 8)
        #expect(queue.begun == (0..<20).map { "m\($0)" })
    }

    @Test func anIdentifierWaitsOnce() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await open(scratch)
        try await database.write { [self] in try Outbox.append(message(1), on: $0) }
        let error = await #expect(throws: DatabaseError.self) {
            try await database.write { [self] in try Outbox.append(message(1), on: $0) }
        }
        #expect(error?.reason == .constraint)
        #expect(try await waiting(database) == 1)
    }
}
