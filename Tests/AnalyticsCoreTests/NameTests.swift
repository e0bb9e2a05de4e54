import AnalyticsAPI
import AnalyticsCore
import Contracts
import Persistence
import Primitives
import Synchronization
import Testing
import TestSupport

/// Names are bounded, whoever sends how many, and let go when nothing is left that has them.
struct NameTests {
    private static let now = Timestamp(milliseconds: 1_795_237_200_000)

    private func names(_ kind: Int, _ store: AnalyticsStore) async throws -> Int64 {
        try await store.database.read {
            try $0.first("SELECT count(*) AS n FROM name WHERE kind = ?", Int64(kind)) { try $0.integer("n") } ?? 0
        }
    }

    private func tally(_ name: String, _ store: AnalyticsStore) async throws -> Int64 {
        try await store.database.read {
            try AnalyticsQueries($0, for: .everyone).quality(in: .days(1, until: Self.now)).tallies[name] ?? 0
        }
    }

    private static var small: NameLimits {
        var limits = NameLimits()
        (limits.owners, limits.scripts, limits.types) = (3, (100, 250), (5, 8))
        return limits
    }

    @Test func ownersAreBoundedToo() async throws {
        let store = try await AnalyticsStore.open(limits: Self.small)
        var folded = 0
        for owner in 0..<10 {
            folded += try await store.collector.record(
                Delivery(events: [
                    CollectorTests.measured(1, owner: "owner-\(owner)"),
                    .run(RunReport(id: "r\(owner)", owner: "owner-\(owner)", script: "a.py", status: .running, started: Self.now)),
                ])
            ).folded
        }
        #expect(folded == 14)
        #expect(try await names(1, store) == 4)
        #expect(try await tally("folded", store) == 14)
        // Who is known stays so, and what is of all is the sum of all.
        #expect(try await store.collector.record(Delivery(events: [CollectorTests.measured(1, owner: "owner-2")])).folded == 0)
        #expect(try await store.database.read { try RollupCheck.differences(on: $0) } == [])
    }

    /// A script with a date in its name uses up an owner's names; when their days are gone they are free again.
    @Test func namesAreLetGoWithTheirSums() async throws {
        let clock = Mutex(Self.now)
        let store = try await AnalyticsStore.open(limits: Self.small) { clock.withLock { $0 } }
        let policy = RetentionPolicy(rows: .hours(24 * 3), minutes: .hours(24), hours: .hours(24 * 3), days: .hours(24 * 10))
        func record(_ owner: String, _ prefix: String, type: String) async throws -> Int {
            let time = clock.withLock { $0 }
            return try await store.collector.record(
                Delivery(
                    events: (0..<100).map { place in
                        CollectorTests.measured(1, "\(prefix)-\(place)", owner: owner, type: type, at: time)
                    })
            ).folded
        }
        // Three owners use up what all may have.
        #expect(try await record("ann", "a", type: "t1") == 0)
        #expect(try await record("bob", "b", type: "t2") == 0)
        #expect(try await record("cid", "c", type: "t3") == 50)
        _ = try await store.collector.sweep(policy)
        #expect(try await record("ann", "new", type: "t4") == 100)
        clock.withLock { $0 = Self.now.advanced(by: .hours(24 * 12)) }
        _ = try await store.collector.sweep(policy)
        for kind in 1...4 { #expect(try await names(kind, store) == 0, "kind \(kind)") }
        #expect(try await record("ann", "new", type: "t5") == 0)
        #expect(try await record("dan", "d", type: "t6") == 0)
        // What is in use is not let go.
        _ = try await store.collector.sweep(policy)
        #expect(try await names(1, store) == 2)
        #expect(try await names(2, store) == 200)
        #expect(try await store.database.read { try RollupCheck.differences(on: $0) } == [])
    }

    @Test func aMillionNamesAreBoundedCountedAndTold() async throws {
        let store = try await AnalyticsStore.open(limits: Self.small)
        let (size, million) = (5000, 1_000_000)
        for start in stride(from: 0, to: million, by: size) {
            _ = try await store.collector.record(
                Delivery(events: (start..<(start + size)).map { CollectorTests.measured(1, "script-\($0)") }))
        }
        #expect(store.collector.statistics.accepted == million)
        #expect(store.collector.statistics.folded == million - 100)
        // A hundred and the one for all others, in sums of a minute, an hour and a day, of the owner and of all.
        #expect(try await names(2, store) == 101)
        let sums = try await store.database.read { try $0.first("SELECT count(*) AS n FROM rollup") { try $0.integer("n") } ?? 0 }
        #expect(sums == 101 * 6)
        #expect(try await tally("folded", store) == Int64(million - 100))
        let (total, other) = try await store.database.read { connection in
            let queries = try AnalyticsQueries(connection, for: .everyone)
            let day = Period.days(1, until: Self.now)
            return (try queries.total("seconds", in: day).count, try queries.total("seconds", script: "(other)", in: day).count)
        }
        #expect(total == Int64(million) && other == Int64(million - 100))
    }
}
