import ModelRouting
import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct BudgetPeriodTests {
    @Test(arguments: [
        (BudgetPeriod.day, "2026-12-31T23:59:59.999Z", "2026-12-31T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        (.day, "2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z", "2027-01-02T00:00:00.000Z"),
        (.day, "2024-02-28T12:00:00Z", "2024-02-28T00:00:00.000Z", "2024-02-29T00:00:00.000Z"),
        (.day, "2026-02-28T12:00:00Z", "2026-02-28T00:00:00.000Z", "2026-03-01T00:00:00.000Z"),
        (.month, "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        (.month, "2024-02-29T23:59:59.999Z", "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
        (.month, "2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"),
        (.month, "2100-02-28T01:00:00.000Z", "2100-02-01T00:00:00.000Z", "2100-03-01T00:00:00.000Z"),
        (.month, "1969-12-31T23:00:00.000Z", "1969-12-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
    ])
    func beginsAndEndsInUTC(_ period: BudgetPeriod, _ time: String, _ start: String, _ end: String) {
        #expect(period.start(of: TestClock.time(time)).iso8601 == start)
        #expect(period.end(of: TestClock.time(time))?.iso8601 == end)
    }

    @Test func aTotalNeverEnds() {
        #expect(BudgetPeriod.total.end(of: .now()) == nil)
    }
}

@Suite struct BudgetsTests {
    private let caller = BudgetCaller(key: "k", user: "u", organisation: "o", session: "s")

    /// Runs a body over a fresh store with some budgets.
    private func with(
        _ budgets: [Budget], at time: String = "2026-11-21T12:00:00Z",
        _ body: (Budgets, Database, TestClock) async throws -> Void
    ) async throws {
        let scratch = try TemporaryFolder("routing")
        let database = try await scratch.open()
        let clock = TestClock(time)
        let store = try await Budgets.open(database, clock)
        for budget in budgets { try await store.put(budget) }
        try await body(store, database, clock)
        await database.close()
    }

    @Test(arguments: [BudgetScope.Kind.key, .user, .organisation, .session])
    func exactlyAsManyCallsAsTheBudgetHas(_ kind: BudgetScope.Kind) async throws {
        let price = Money(nanoDollars: 12_345_678)
        let limit = Money(nanoDollars: price.nanoDollars * 100 + 12_345_677)
        try await with([Budget(id: "b", kind: kind, period: .day, limit: limit)]) { (budgets, _, _) async throws in
            let caller = caller
            let charged = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<1000 {
                    group.addTask {
                        do {
                            let kept = try await budgets.reserve(price, for: caller)
                            await Task.yield()
                            try await budgets.settle(kept, cost: price)
                            return 1
                        } catch BudgetError.exceeded {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(charged == 100)
            #expect(try await budgets.spent(caller).nanoDollars == price.nanoDollars * 100)
            #expect(try await budgets.reserved(caller) == .zero)
        }
    }

    @Test func whatDoesNotFitIntoOneBudgetIsKeptInNone() async throws {
        let all = [
            Budget(id: "key", kind: .key, period: .day, limit: .dollars(10)),
            Budget(id: "user", kind: .user, period: .month, limit: .dollars(10)),
            Budget(id: "organisation", kind: .organisation, period: .total, limit: .dollars(3)),
            Budget(id: "session", kind: .session, period: .total, limit: .dollars(10)),
        ]
        try await with(all) { (budgets, _, _) async throws in
            let kept = try await budgets.reserve(.dollars(2), for: caller)
            do {
                _ = try await budgets.reserve(.dollars(2), for: caller)
                Issue.record("let through")
            } catch BudgetError.exceeded(let refusal) {
                #expect(refusal.budget.id == "organisation")
                #expect(refusal.left == .dollars(1))
                #expect(
                    refusal.sentence
                        == "the call could cost $2.00, and of the organisation's whole budget of $3.00 only $1.00 is left")
            }
            #expect(
                try await budgets.statuses(for: caller).map(\.reserved) == [.dollars(2), .dollars(2), .dollars(2), .dollars(2)])
            // Another organisation has a budget of its own.
            let other = try await budgets.reserve(.dollars(2), for: BudgetCaller(key: "k", organisation: "p"))
            budgets.release(other)
            budgets.release(kept)
            #expect(try await budgets.statuses(for: caller).allSatisfy { $0.reserved == .zero && $0.spent == .zero })
        }
    }

    @Test func aBudgetOfOnesOwnTakesThePlaceOfTheCommonOne() async throws {
        let all = [
            Budget(id: "each", kind: .key, period: .day, limit: .dollars(1)),
            Budget(id: "mine", kind: .key, subject: "k", period: .day, limit: .dollars(5)),
        ]
        try await with(all) { (budgets, _, _) async throws in
            #expect(try await budgets.statuses(for: BudgetCaller(key: "k")).map(\.budget.id) == ["mine"])
            #expect(try await budgets.statuses(for: BudgetCaller(key: "other")).map(\.budget.id) == ["each"])
            #expect(try await budgets.statuses(for: BudgetCaller(user: "k")).isEmpty)
        }
    }

    @Test func realCostReplacesTheReservation() async throws {
        try await with([Budget(id: "b", kind: .key, period: .day, limit: .dollars(10))]) { (budgets, _, _) async throws in
            let kept = try await budgets.reserve(.dollars(8), for: caller)
            try await budgets.settle(kept, cost: .dollars(3))
            // A second end changes nothing.
            try await budgets.settle(kept, cost: .dollars(3))
            budgets.release(kept)
            #expect(try await budgets.spent(caller) == .dollars(3))
            let next = try await budgets.reserve(.dollars(7), for: caller)
            // More than was kept was spent all the same.
            try await budgets.settle(next, cost: .dollars(9))
            #expect(try await budgets.spent(caller) == .dollars(12))
            await #expect(throws: BudgetError.self) { try await budgets.reserve(Money(nanoDollars: 1), for: caller) }
            // What costs nothing still goes.
            budgets.release(try await budgets.reserve(.zero, for: caller))
        }
    }

    @Test func aForgottenReservationIsChargedInFull() async throws {
        try await with([Budget(id: "b", kind: .key, period: .day, limit: .dollars(10))]) { (budgets, _, _) async throws in
            do { _ = try await budgets.reserve(.dollars(4), for: caller) }
            #expect(try await budgets.spent(caller) == .dollars(4))
        }
    }

    @Test func aFallbackMayCostMoreOnlyIfItFits() async throws {
        try await with([Budget(id: "b", kind: .key, period: .day, limit: .dollars(10))]) { (budgets, _, _) async throws in
            let kept = try await budgets.reserve(.dollars(2), for: caller)
            try await budgets.resize(kept, to: .dollars(9))
            #expect(try await budgets.reserved(caller) == .dollars(9))
            await #expect(throws: BudgetError.self) { try await budgets.resize(kept, to: .dollars(11)) }
            #expect(kept.amount == .dollars(9))
            try await budgets.resize(kept, to: .dollars(1))
            #expect(try await budgets.reserved(caller) == .dollars(1))
            try await budgets.settle(kept, cost: .dollars(1))
            try await budgets.resize(kept, to: .dollars(5))
            #expect(try await budgets.reserved(caller) == .zero)
        }
    }

    @Test(arguments: [Money(nanoDollars: -1), Money(nanoDollars: .min), Money(nanoDollars: .max)])
    func impossibleAmountsAreRefused(_ amount: Money) async throws {
        try await with([Budget(id: "b", kind: .key, period: .day, limit: .dollars(10))]) { (budgets, _, _) async throws in
            await #expect(throws: BudgetError.self) { try await budgets.reserve(amount, for: caller) }
            let kept = try await budgets.reserve(.dollars(1), for: caller)
            await #expect(throws: BudgetError.self) { try await budgets.settle(kept, cost: amount) }
            // It is charged as it was kept, not forgotten.
            #expect(try await budgets.spent(caller) == .dollars(1))
            await #expect(throws: BudgetError.self) {
                try await budgets.put(Budget(id: "c", kind: .key, period: .day, limit: amount))
            }
        }
    }

    @Test(arguments: [
        (BudgetPeriod.day, "2026-12-31T23:59:59.500Z", "2027-01-01T00:00:00.000Z"),
        (.month, "2026-02-28T23:59:59.999Z", "2026-03-01T00:00:00.000Z"),
        (.month, "2024-02-29T23:59:59.999Z", "2024-03-01T00:00:00.000Z"),
    ])
    func aNewPeriodBeginsAtItsEdge(_ period: BudgetPeriod, _ before: String, _ after: String) async throws {
        try await with([Budget(id: "b", kind: .key, period: period, limit: .dollars(10))], at: before) {
            (budgets, _, clock) async throws in
            let kept = try await budgets.reserve(.dollars(6), for: caller)
            await #expect(throws: BudgetError.self) { try await budgets.reserve(.dollars(6), for: caller) }
            clock.set(after)
            let next = try await budgets.reserve(.dollars(6), for: caller)
            // The old call is charged to the period in which it was made.
            try await budgets.settle(kept, cost: .dollars(6))
            #expect(try await budgets.spent(caller) == .zero)
            #expect(try await budgets.reserved(caller) == .dollars(6))
            try await budgets.settle(next, cost: .dollars(5))
            #expect(try await budgets.spent(caller) == .dollars(5))
            // A clock that is set back opens no second purse.
            clock.set(before)
            await #expect(throws: BudgetError.self) { try await budgets.reserve(.dollars(6), for: caller) }
        }
    }

    @Test func thresholdsAreToldOncePerPeriod() async throws {
        let budget = Budget(id: "b", kind: .key, period: .day, limit: .dollars(100), thresholds: [100, 50, 80])
        try await with([budget]) { (budgets, database, clock) async throws in
            for _ in 0..<9 {
                try await budgets.settle(try await budgets.reserve(.dollars(10), for: caller), cost: .dollars(10))
                try await budgets.flush()
            }
            #expect(try await database.thresholds() == [50, 80])
            // A call that is too large is refused; the budget is not used up by that.
            await #expect(throws: BudgetError.self) { try await budgets.reserve(.dollars(11), for: caller) }
            try await budgets.flush()
            #expect(try await database.thresholds() == [50, 80])
            try await budgets.settle(try await budgets.reserve(.dollars(6), for: caller), cost: .dollars(6))
            try await budgets.flush()
            #expect(try await database.thresholds() == [50, 80])
            // With four dollars left nobody can have five: it is.
            await #expect(throws: BudgetError.self) { try await budgets.reserve(.dollars(5), for: caller) }
            try await budgets.settle(try await budgets.reserve(.dollars(4), for: caller), cost: .dollars(4))
            try await budgets.flush()
            #expect(try await database.thresholds() == [50, 80, 100])
            clock.advance(.hours(24))
            try await budgets.settle(try await budgets.reserve(.dollars(85), for: caller), cost: .dollars(85))
            try await budgets.flush()
            #expect(try await database.thresholds() == [50, 80, 100, 50, 80])
        }
    }

    @Test func callsUnderWayTellNoThreshold() async throws {
        try await with([Budget(id: "b", kind: .key, period: .day, limit: .dollars(100))]) { (budgets, database, _) async throws in
            let kept = try await budgets.reserve(.dollars(99), for: caller)
            await #expect(throws: BudgetError.self) { try await budgets.reserve(.dollars(2), for: caller) }
            try await budgets.settle(kept, cost: .dollars(60))
            try await budgets.flush()
            #expect(try await database.thresholds() == [50])
        }
    }

    @Test func changedLimitsHoldAtOnceAndScopesCanNotChange() async throws {
        var budget = Budget(id: "b", kind: .key, period: .day, limit: .dollars(1))
        try await with([budget]) { (budgets, _, _) async throws in
            await #expect(throws: BudgetError.self) { try await budgets.reserve(.dollars(2), for: caller) }
            budget.limit = .dollars(2)
            try await budgets.put(budget)
            budgets.release(try await budgets.reserve(.dollars(2), for: caller))
            await #expect(throws: BudgetError.self) {
                try await budgets.put(Budget(id: "b", kind: .user, period: .day, limit: .dollars(1)))
            }
            try await budgets.remove("b")
            budgets.release(try await budgets.reserve(.dollars(200), for: caller))
        }
    }

    /// On the first of a month the day's account and the month's begin at the same moment.
    @Test func aBudgetThatIsMadeAnewWithAnotherPeriodGoesOn() async throws {
        let day = Budget(id: "b", kind: .key, period: .day, limit: .dollars(10))
        try await with([day], at: "2026-11-01T12:00:00Z") { (budgets, _, clock) async throws in
            try await budgets.settle(try await budgets.reserve(.dollars(1), for: caller), cost: .dollars(1))
            for (period, later, spent) in [
                (BudgetPeriod.month, "2026-11-02T12:00:00Z", Money.dollars(2)), (.day, "2026-11-03T00:00:00Z", .dollars(1)),
            ] {
                try await budgets.remove("b")
                try await budgets.put(Budget(id: "b", kind: .key, period: period, limit: .dollars(10)))
                clock.set(later)
                try await budgets.settle(try await budgets.reserve(.dollars(1), for: caller), cost: .dollars(1))
                let status = try #require(try await budgets.statuses(for: caller).first)
                #expect(status.spent == spent && status.resets == period.end(of: clock.now))
            }
        }
    }

    @Test func aStopBesideARerouteIsTheOneThatIsTold() async throws {
        let all = [
            Budget(id: "soft", kind: .key, period: .day, limit: .dollars(1), atLimit: .reroute),
            Budget(id: "hard", kind: .organisation, period: .day, limit: .dollars(2)),
        ]
        try await with(all) { (budgets, _, _) async throws in
            #expect(try await budgets.left(for: caller, atLimit: .reroute) == .dollars(1))
            #expect(try await budgets.left(for: caller, atLimit: .stop) == .dollars(2))
            for (amount, id) in [(Money.dollars(3), "hard"), (Money(nanoDollars: 1_500_000_000), "soft")] {
                do {
                    _ = try await budgets.reserve(amount, for: caller)
                    Issue.record("let through")
                } catch BudgetError.exceeded(let refusal) {
                    #expect(refusal.budget.id == id)
                }
            }
        }
    }

    /// Against a model that is as simple as can be: whatever calls do at the same time, sums agree and limits hold.
    @Test(arguments: [1, 2, 3] as [UInt64]) func sumsAgreeWhateverCallsDo(_ seed: UInt64) async throws {
        let limit = Money(nanoDollars: 1_000_000)
        let all = [
            Budget(id: "key", kind: .key, period: .day, limit: limit),
            Budget(id: "user", kind: .user, period: .day, limit: .dollars(9)),
        ]
        try await with(all) { (budgets, _, _) async throws in
            let spent = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for task in 0..<8 {
                    group.addTask {
                        var random = SplitMix(seed: seed * 100 + UInt64(task))
                        var spent: [Int64] = [0, 0, 0]
                        for _ in 0..<150 {
                            let key = Int.random(in: 0..<3, using: &random)
                            let amount = Int64.random(in: 0...40_000, using: &random)
                            do {
                                let kept = try await budgets.reserve(
                                    Money(nanoDollars: amount), for: BudgetCaller(key: "\(key)", user: "u"))
                                switch Int.random(in: 0..<4, using: &random) {
                                case 0: budgets.release(kept)
                                case 1:
                                    try await budgets.flush()
                                    fallthrough
                                default:
                                    let cost = Int64.random(in: 0...amount, using: &random)
                                    try await budgets.settle(kept, cost: Money(nanoDollars: cost))
                                    spent[key] += cost
                                }
                            } catch BudgetError.exceeded {
                                continue
                            }
                        }
                        return spent
                    }
                }
                return try await group.reduce(into: [Int64](repeating: 0, count: 3)) { sums, more in
                    for index in sums.indices { sums[index] += more[index] }
                }
            }
            for key in 0..<3 {
                let found = try await budgets.spent(BudgetCaller(key: "\(key)"))
                #expect(found.nanoDollars == spent[key])
                #expect(found <= limit)
            }
            #expect(try await budgets.spent(BudgetCaller(user: "u")).nanoDollars == spent.reduce(0, +))
        }
    }
}
