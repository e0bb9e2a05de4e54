import AnalyticsAPI
import AnalyticsCore
import Contracts
import Dispatch
import Persistence
import Primitives
import Synchronization
import Testing
import TestSupport

/// What is recorded: once, together with its sums, whatever comes again.
struct CollectorTests {
    private static let now = Timestamp(milliseconds: 1_795_237_200_000)

    static func measured(
        _ value: Double, _ script: String = "a.py", owner: String = "ann", type: String = "seconds", at time: Timestamp = now,
        id: String? = nil, labels: [Label] = []
    ) -> Event {
        .measurement(
            Measurement(time: time, owner: owner, script: script, type: type, value: value, labels: labels, id: id))
    }

    private func count(_ sql: String, _ database: Database) async throws -> Int64 {
        try await database.read { try $0.first(sql) { try $0.integer("n") } ?? 0 }
    }

    @Test func aMessageCountsOnceHoweverOftenItComes() async throws {
        let store = try await AnalyticsStore.open()
        func delivery(_ sequence: UInt64, id: String? = nil) -> Delivery {
            Delivery(
                events: [Self.measured(1), Self.measured(2)], id: id, place: Delivery.Place(stream: "s", sequence: sequence))
        }
        // Out of order, in one transaction and in several, known by place or by identifier.
        for batch in [[1, 2, 5], [5, 3], [4, 1], [2, 7], [6, 7]] as [[UInt64]] {
            _ = try await store.collector.record(batch.map { delivery($0) })
        }
        _ = try await store.collector.record(delivery(8, id: "m1"))
        let again = try await store.collector.record(delivery(9, id: "m1"))
        #expect(again.accepted == 0)
        #expect(again.duplicates == 2)
        #expect(store.collector.statistics.accepted == 16)
        #expect(store.collector.statistics.duplicates == 10)
        #expect(try await count("SELECT count(*) AS n FROM metric", store.database) == 16)
        #expect(try await count("SELECT sum(n) AS n FROM rollup WHERE level = 3 AND owner = 0", store.database) == 16)
        #expect(try await count("SELECT count(*) AS n FROM applied", store.database) == 1)
        // Another process goes on from what is written.
        let other = Collector(store.database, now: { Self.now })
        _ = try await other.record([delivery(3), delivery(10)])
        #expect(try await count("SELECT count(*) AS n FROM metric", store.database) == 18)
    }

    @Test func anEventCountsOnceByItsIdentifier() async throws {
        let clock = Mutex(Self.now)
        let store = try await AnalyticsStore.open { clock.withLock { $0 } }
        let first = try await store.collector.record(
            Delivery(events: [Self.measured(1, id: "e"), Self.measured(1, id: "e"), Self.measured(1, owner: "bob", id: "e")]))
        #expect(first.accepted == 2)
        #expect(first.duplicates == 1)
        // The clock jumps back and ahead; what was recorded is known all the same.
        for days in [-3, 6] as [Int64] {
            clock.withLock { $0 = Self.now.advanced(by: .hours(24 * days)) }
            #expect(try await store.collector.record(Delivery(events: [Self.measured(1, id: "e")])).duplicates == 1)
        }
        #expect(try await count("SELECT count(*) AS n FROM metric", store.database) == 2)
    }

    @Test func sumsAreThoseOfTheRows() async throws {
        let store = try await AnalyticsStore.open()
        var generator = SystemRandomNumberGenerator()
        var deliveries: [Delivery] = []
        for _ in 0..<40 {
            deliveries.append(
                Delivery(
                    events: (0..<50).map { _ in
                        Self.measured(
                            Double.random(in: -1e6...1e6, using: &generator), "s\(Int.random(in: 0..<5, using: &generator))",
                            owner: ["ann", "bob"].randomElement(using: &generator) ?? "ann",
                            at: Self.now.advanced(by: .seconds(-Double.random(in: 0...400_000, using: &generator))))
                    }))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for delivery in deliveries { group.addTask { _ = try await store.collector.record(delivery) } }
            try await group.waitForAll()
        }
        let differences = try await store.database.read { try RollupCheck.differences(on: $0) }
        #expect(differences == [])
        #expect(try await count("SELECT sum(n) AS n FROM rollup WHERE level = 1 AND owner > 0", store.database) == 2000)
    }

    @Test func namesBeyondTheLimitAreFoldedAndCounted() async throws {
        let store = try await AnalyticsStore.open()
        var folded = 0
        for start in stride(from: 0, to: 1500, by: 500) {
            let receipt = try await store.collector.record(
                Delivery(events: (start..<(start + 500)).map { Self.measured(1, "script-\($0)") }))
            folded += receipt.folded
        }
        #expect(folded == 500)
        // Another owner has names left, and known ones stay.
        let more = try await store.collector.record(
            Delivery(events: [Self.measured(1, "new", owner: "bob"), Self.measured(1, "script-7")]))
        #expect(more.folded == 0)
        #expect(
            try await count(
                "SELECT count(*) AS n FROM metric JOIN name ON name.id = script WHERE text = '(other)'", store.database) == 500)
        #expect(try await count("SELECT value AS n FROM tally WHERE name = 'folded'", store.database) == 500)
    }

    @Test func aTransactionThatFailsLeavesNothingBehind() async throws {
        let store = try await AnalyticsStore.open()
        try await store.database.write {
            try $0.execute(
                """
                CREATE TRIGGER refuse BEFORE INSERT ON metric WHEN new.value = 13 BEGIN SELECT raise(ABORT, 'no'); END
                """)
        }
        await #expect(throws: DatabaseError.self) {
            _ = try await store.collector.record(Delivery(events: [Self.measured(1, "fresh"), Self.measured(13, "fresh")]))
        }
        #expect(try await count("SELECT count(*) AS n FROM name", store.database) == 0)
        _ = try await store.collector.record(Delivery(events: [Self.measured(1, "fresh")]))
        #expect(
            try await count(
                "SELECT count(*) AS n FROM metric JOIN name ON name.id = script WHERE text = 'fresh'", store.database) == 1)
    }

    /// What is said to be told goes out with the transaction that records it, once, whole messages at a time.
    @Test func whatCameToItAloneIsTold() async throws {
        let store = try await AnalyticsStore.open()
        func told() async throws -> [(id: String, events: [MetricEvent])] {
            try await store.database.read {
                try $0.query("SELECT id, payload FROM outbox WHERE subject = 'avstudio.metric.taken' ORDER BY sequence") {
                    (try $0.text("id"), try JSON.decode([MetricEvent].self, from: try $0.blob("payload")))
                }
            }
        }
        let event = Self.measured(3, id: "e", labels: [Label("channel", "news")])
        _ = try await store.collector.record(Delivery(events: [Self.measured(1)], place: .init(stream: "s", sequence: 1)))
        #expect(try await told().isEmpty, "who came over the bus is known there")
        for _ in 0..<2 { _ = try await store.collector.record(Delivery(events: [event], isUntold: true)) }
        let first = try await told()
        #expect(
            first.flatMap(\.events) == [
                MetricEvent(script: "a.py", type: "seconds", value: 3, time: Self.now, owner: "ann", labels: ["channel": "news"])
            ])
        // What is told is what is read, also of the end of a run with as many labels as there may be.
        let labels = (0..<16).map { Label("l\($0 + 10)", "v") }
        for status in [RunEvent.Status.running, .failed, .failed] {
            _ = try await store.collector.record(
                Delivery(events: [
                    .run(
                        RunReport(
                            id: "r", owner: "ann", script: "s", status: status, started: Self.now,
                            ended: status == .running ? nil : Self.now, labels: labels))
                ]))
        }
        let more = try await told()
        #expect(more.dropFirst().flatMap(\.events).map(\.type) == ["runs", "run_seconds", "errors"])
        let read = TakenMessage.read(try JSON.encode(more[1].events), now: Self.now)
        #expect(read.problems == [] && read.events.count == 3)
        // Many at once are as many messages as it takes, numbered without a gap.
        _ = try await store.collector.record(
            Delivery(events: (0..<1200).map { Self.measured(Double($0)) }, isUntold: true))
        let places = try await told().map { try #require(TakenMessage.place(id: $0.id)) }
        #expect(places.map(\.sequence) == (1...UInt64(places.count)).map { $0 })
        #expect(Set(places.map(\.stream)).count == 1)
        #expect(try await told().dropFirst(2).flatMap(\.events).map(\.value) == (0..<1200).map(Double.init))
        // When too much waits, a caller hears that it is not taken, and it is not.
        try await store.database.write { try $0.execute("UPDATE outbox SET sequence = sequence + 60000 WHERE sequence > 1") }
        await #expect(throws: TooMuchUntold.self) {
            _ = try await store.collector.record(Delivery(events: [Self.measured(1, type: "late")], isUntold: true))
        }
        #expect(
            try await count("SELECT count(*) AS n FROM metric JOIN name ON name.id = type WHERE text = 'late'", store.database) == 0
        )
        _ = try await store.collector.record(Delivery(events: [Self.measured(1, type: "late")]))
        await store.database.close()
    }

    /// What waits goes together as far as a transaction's 500 events reach, and no delivery goes in two.
    @Test(arguments: [(250, 4), (251, 8), (500, 8), (1, 1)])
    func aTransactionIsBounded(_ size: Int, _ transactions: Int) async throws {
        #expect(AnalyticsService.batch == 500 && AnalyticsService.pause == .milliseconds(200))
        let begun = Atomic<Int>(0)
        let store = try await AnalyticsStore.open {
            begun.add(1, ordering: .relaxed)
            return Self.now
        }
        let (gate, count) = (DispatchSemaphore(value: 0), 8)
        // The disk is busy with the first until all others wait.
        let isBusy = Atomic<Bool>(false)
        async let busy = store.database.write { _ in
            isBusy.store(true, ordering: .relaxed)
            return gate.wait(timeout: .now() + 60)
        }
        try await eventually("the disk is busy") { isBusy.load(ordering: .relaxed) }
        async let first = store.collector.record(Delivery(events: [Self.measured(1)]))
        try await eventually("the first is on its way") { begun.load(ordering: .relaxed) == 1 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let events = (0..<size).map { Self.measured(Double($0)) }
                    let receipt = try await store.collector.record(Delivery(events: events))
                    #expect(receipt.accepted == size)
                }
            }
            try await eventually("the others wait") { store.collector.waiting == count }
            gate.signal()
            try await group.waitForAll()
        }
        #expect(try await busy == .success)
        #expect(try await first.accepted == 1)
        #expect(store.collector.statistics.transactions == 1 + transactions)
        #expect(store.collector.statistics.accepted == 1 + count * size)
        await store.database.close()
    }

    @Test func aRunThatHasEndedStaysSo() async throws {
        let store = try await AnalyticsStore.open()
        func report(_ status: RunEvent.Status, ended: Timestamp?) -> Event {
            .run(
                RunReport(
                    id: "r", owner: "ann", script: "s", status: status,
                    started: Self.now.advanced(by: .seconds(-60)), ended: ended, errorType: status == .failed ? "disk" : nil))
        }
        _ = try await store.collector.record(Delivery(events: [report(.running, ended: nil)]))
        _ = try await store.collector.record(Delivery(events: [report(.failed, ended: Self.now)]))
        for status in [.failed, .succeeded, .running] as [RunEvent.Status] {
            _ = try await store.collector.record(Delivery(events: [report(status, ended: status == .running ? nil : Self.now)]))
        }
        #expect(
            try await count("SELECT count(*) AS n FROM run WHERE status = 'failed' AND error_type = 'disk'", store.database) == 1)
        // The end was measured once: the run, its time, its error.
        #expect(try await count("SELECT count(*) AS n FROM metric", store.database) == 3)
    }
}

/// A store of one test.
struct AnalyticsStore {
    let folder: TemporaryFolder
    let database: Database
    let collector: Collector

    static func open(
        limits: NameLimits = NameLimits(),
        now: @escaping @Sendable () -> Timestamp = { Timestamp(milliseconds: 1_795_237_200_000) }
    ) async throws -> AnalyticsStore {
        let folder = try TemporaryFolder("avstudio-analytics")
        let database = try await Database.open(
            folder.appending("a.sqlite"), migrations: AnalyticsSchema.migrations + PipelineBoard.migrations,
            durability: .normal)
        return AnalyticsStore(folder: folder, database: database, collector: Collector(database, limits: limits, now: now))
    }
}
