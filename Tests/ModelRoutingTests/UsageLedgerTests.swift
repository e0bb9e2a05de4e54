import ModelRouting
import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct UsageLedgerTests {
    private func call(
        _ time: String, key: String = "k1", session: String? = nil, model: String = "m", output: Int = 20, cost: Int64 = 10
    ) -> CallRecord {
        CallRecord(
            time: TestClock.time(time), caller: (key, "u", key == "k1" ? "o1" : nil, session), model: model, provider: "p",
            usage: TokenUsage(input: 100, cachedRead: 40, output: output), cost: Money(nanoDollars: cost), seconds: 0.5,
            isCacheHit: model == "cached", fallbacks: 1, savedByCache: Money(nanoDollars: 3), savedByRouting: Money(nanoDollars: 2))
    }

    /// Writes calls through the queue and looks at the sums.
    private func with(_ calls: [CallRecord], _ body: (UsageLedger, Database) async throws -> Void) async throws {
        let scratch = try TemporaryFolder("routing")
        let database = try await scratch.open()
        // In two lives, so that days grow over batches and restarts.
        for half in [calls.prefix(calls.count / 2), calls.dropFirst(calls.count / 2)] {
            let ledger = UsageLedger(database, capacity: 3)
            async let running: Void = ledger.run()
            for call in half { try await ledger.record(EndedCall(call)) }
            await ledger.drain()
            try await running
        }
        try await body(UsageLedger(database), database)
        await database.close()
    }

    @Test func sumsAreThoseOfTheCalls() async throws {
        let calls = [
            call("2026-12-31T23:59:59.999Z"), call("2027-01-01T00:00:00.000Z", key: "k2", cost: 20),
            call("2027-01-01T12:00:00.000Z", session: "s1", model: "cached", cost: 0),
            call("2027-01-01T13:00:00.000Z", session: "s1", cost: 40),
            call("2027-01-02T00:00:00.000Z", session: "s2", cost: 80),
        ]
        try await with(calls) { (ledger, database) async throws in
            let days = try await ledger.report(by: .day).groups
            #expect(days.map(\.group) == ["2026-12-31", "2027-01-01", "2027-01-02"])
            #expect(days.map(\.cost.nanoDollars) == [10, 60, 80])
            #expect(days.map(\.calls) == [1, 3, 1])
            #expect(
                try await ledger.report(by: .key).groups.map { [$0.group, "\($0.cost.nanoDollars)"] } == [
                    ["k1", "130"], ["k2", "20"],
                ])
            #expect(try await ledger.report(by: .user).groups.map { [$0.group, "\($0.cost.nanoDollars)"] } == [["u", "150"]])
            #expect(try await ledger.report(by: .provider).groups.map { [$0.group, "\($0.calls)"] } == [["p", "5"]])
            #expect(try await ledger.report(by: .organisation).groups.map(\.group) == ["o1", ""])
            #expect(
                try await ledger.report(by: .session).groups.map { [$0.group, "\($0.cost.nanoDollars)"] } == [
                    ["o1/s2", "80"], ["o1/s1", "40"],
                ])
            var filter = CostFilter()
            filter.session = "s1"
            let session = try await ledger.report(by: .model, filter).groups
            #expect(session.map(\.group) == ["m", "cached"])
            #expect(session.map(\.cacheHits) == [0, 1])
            filter = CostFilter()
            (filter.from, filter.through) = (TestClock.time("2027-01-01T23:00:00Z"), TestClock.time("2027-01-01T01:00:00Z"))
            let total = try await ledger.report(filter).total
            #expect(total.calls == 3 && total.inputTokens == 300 && total.cachedTokens == 120 && total.outputTokens == 60)
            #expect(total.savedByCache.nanoDollars == 9 && total.savedByRouting.nanoDollars == 6 && total.fallbacks == 3)
            filter.key = "nobody"
            #expect(try await ledger.report(filter).total.calls == 0)

            // The days outlive the single calls.
            try await ledger.sweep(olderThan: .hours(24), now: TestClock.time("2027-01-02T12:00:00Z"))
            let left = try await database.read { try $0.first("SELECT count(*) AS n FROM usage_call") { try $0.integer("n") } }
            #expect(left == 3)
            #expect(try await ledger.report().total.calls == 5)
            // Sums of sessions do not: there is no end of sessions.
            #expect(try await ledger.report(by: .session).groups.map(\.group) == ["o1/s2", "o1/s1"])
            try await ledger.sweep(olderThan: .hours(24), now: TestClock.time("2027-01-03T00:00:00Z"))
            #expect(try await ledger.report(by: .session).groups.map(\.group) == ["o1/s2"])
            #expect(try await ledger.report().total.calls == 5)
        }
    }

    @Test func sessionsOfTwoOwnersAreTwo() async throws {
        let calls = ["k1", "k2"].map { call("2027-01-01T00:00:00Z", key: $0, session: "s") }
        try await with(calls) { (ledger, _) async throws in
            #expect(try await ledger.report(by: .session).groups.map(\.group) == ["o1/s", "u/s"])
        }
    }

    @Test func moreCallsThanTheQueueHoldsAreAllWritten() async throws {
        let calls = (0..<2500).map { _ in call("2026-11-21T12:00:00Z") }
        try await with(calls) { (ledger, _) async throws in
            #expect(try await ledger.report().total.cost.nanoDollars == 25_000)
        }
    }

    @Test(arguments: [-1, .min, .max] as [Int64]) func impossibleCallsAreRefused(_ cost: Int64) async throws {
        let scratch = try TemporaryFolder("routing")
        let database = try await scratch.open()
        let ledger = UsageLedger(database)
        await #expect(throws: UsageError.self) { try await ledger.record(EndedCall(call("2026-11-21T12:00:00Z", cost: cost))) }
        let impossible = call("2026-11-21T12:00:00Z", output: -1)
        await #expect(throws: UsageError.self) { try await ledger.record(EndedCall(impossible)) }
        await database.close()
    }
}
