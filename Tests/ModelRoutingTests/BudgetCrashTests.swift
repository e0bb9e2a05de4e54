import FoundationEssentials
import Glibc
import ModelRouting
import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct BudgetCrashTests {
    private static let caller = BudgetCaller(key: "k", organisation: "o")
    private static let limit = Money(nanoDollars: 1_000_000_000)
    private static let worst = Money(nanoDollars: 50_000)

    @Test func aCleanEndChargesNothingMore() async throws {
        let scratch = try TemporaryFolder("routing")
        let clock = TestClock("2026-11-21T12:00:00Z")
        let first = try await scratch.open()
        let budgets = try await Budgets.open(first, clock)
        try await budgets.put(Budget(id: "b", kind: .key, period: .day, limit: Self.limit))
        for _ in 0..<10 {
            try await budgets.settle(try await budgets.reserve(Self.worst, for: Self.caller), cost: Money(nanoDollars: 7))
        }
        try await budgets.drain()
        await first.close()

        let second = try await scratch.open()
        let again = try await Budgets.open(second, clock)
        #expect(again.recovered.isEmpty)
        #expect(try await again.spent(Self.caller).nanoDollars == 70)
        await second.close()
    }

    @Test func whatWasReservedIsChargedAfterACrashAndThenFree() async throws {
        let scratch = try TemporaryFolder("routing")
        let clock = TestClock("2026-11-21T12:00:00Z")
        let first = try await scratch.open()
        let budgets = try await Budgets.open(first, clock)
        try await budgets.put(Budget(id: "b", kind: .key, period: .day, limit: .dollars(10)))
        let kept = try await budgets.reserve(.dollars(4), for: Self.caller)
        try await budgets.drain()
        // The process is gone here: the reservation is never settled.
        await first.close()

        let second = try await scratch.open()
        let again = try await Budgets.open(second, clock)
        #expect(again.recovered.map(\.charged) == [.dollars(4)])
        let status = try #require(try await again.statuses(for: Self.caller).first)
        #expect(status.spent == .dollars(4))
        #expect(status.unaccounted == .dollars(4))
        #expect(status.reserved == .zero)
        again.release(try await again.reserve(.dollars(6), for: Self.caller))
        await #expect(throws: BudgetError.self) { try await again.reserve(.dollars(7), for: Self.caller) }
        // A second start charges nothing twice.
        try await again.drain()
        await second.close()
        let third = try await scratch.open()
        #expect(try await Budgets.open(third, clock).recovered.isEmpty)
        await third.close()
        _ = kept
    }

    /// A process that spends as fast as it can is killed at some moment; what it had told of is never more than what the next
    /// one finds.
    @Test(.timeLimit(.minutes(2)), arguments: [1500, 4000, 7321]) func nothingIsForgottenByAKill(_ calls: Int) async throws {
        let scratch = try TemporaryFolder("routing")
        let path = scratch.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, calls = calls as Int] in
            try await BudgetCrashTests.spend(in: path, killedAfter: calls)
        }
        let told = try Data(contentsOf: URL(filePath: path + "/told"))
        let spent = Int64(told.count) * Self.cost.nanoDollars
        #expect(told.count >= calls)

        let database = try await scratch.open()
        let budgets = try await Budgets.open(database, TestClock("2026-11-21T12:00:00Z"))
        for status in try await budgets.statuses(for: Self.caller) {
            #expect(status.spent.nanoDollars >= spent, "\(status.budget.id)")
            #expect(status.spent <= Self.limit)
            #expect(status.reserved == .zero)
        }
        await database.close()
    }

    private static let cost = Money(nanoDollars: 20_000)

    /// In the child: eight callers spend; each tells of every settled call by one byte in a file, and the last one needed kills.
    private static func spend(in path: String, killedAfter calls: Int) async throws {
        let database = try await Database.open(
            path + "/routing.sqlite", migrations: TemporaryFolder.migrations, durability: .normal)
        let budgets = try await Budgets.open(database, TestClock("2026-11-21T12:00:00Z"))
        try await budgets.put(Budget(id: "key", kind: .key, period: .day, limit: limit))
        try await budgets.put(Budget(id: "organisation", kind: .organisation, period: .month, limit: limit))
        let file = open(path + "/told", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await budgets.run(interval: .milliseconds(5)) }
            for _ in 0..<8 {
                group.addTask {
                    while true {
                        let kept = try await budgets.reserve(worst, for: caller)
                        try await budgets.settle(kept, cost: cost)
                        guard write(file, "x", 1) == 1 else { return }
                        var status = stat()
                        if fstat(file, &status) == 0, status.st_size >= calls { kill(getpid(), SIGKILL) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

@Suite struct BudgetStoreTests {
    @Test func whatCostMoreThanWasKeptIsOnDiskWhenItIsSettled() async throws {
        let scratch = try TemporaryFolder("routing")
        let first = try await scratch.open()
        let budgets = try await Budgets.open(first, TestClock("2026-11-21T12:00:00Z"))
        try await budgets.put(Budget(id: "b", kind: .key, period: .day, limit: .dollars(100)))
        let callers = (0..<8).map { BudgetCaller(key: "k\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in callers {
                group.addTask {
                    try await budgets.settle(try await budgets.reserve(.dollars(1), for: caller), cost: .dollars(70))
                }
            }
            try await group.waitForAll()
        }
        // Gone without a last write.
        await first.close()
        let second = try await scratch.open()
        let again = try await Budgets.open(second, TestClock("2026-11-21T12:00:00Z"))
        for caller in callers { #expect(try await again.spent(caller) >= .dollars(70)) }
        await second.close()
    }

    @Test func withoutTheDiskNothingMoreIsSpentThanItKnows() async throws {
        let scratch = try TemporaryFolder("routing")
        let database = try await scratch.open()
        let budgets = try await Budgets.open(database, TestClock("2026-11-21T12:00:00Z"))
        try await budgets.put(Budget(id: "b", kind: .key, period: .day, limit: .dollars(100)))
        let caller = BudgetCaller(key: "k")
        try await budgets.settle(try await budgets.reserve(.dollars(1), for: caller), cost: .dollars(1))
        await database.close()
        var granted = 0
        do {
            while granted < 100 {
                try await budgets.settle(try await budgets.reserve(.dollars(1), for: caller), cost: .dollars(1))
                granted += 1
            }
        } catch {
            #expect(error == BudgetError.storeUnavailable)
        }
        // What was leased ahead, a twentieth of the limit at most, may go; then no call passes until the disk is back.
        #expect(granted <= 5)
        await #expect(throws: BudgetError.storeUnavailable) { try await budgets.reserve(.dollars(1), for: caller) }

        let again = try await scratch.open()
        #expect(try await Budgets.open(again, TestClock("2026-11-21T12:00:00Z")).spent(caller) >= .dollars(Int64(granted) + 1))
        await again.close()
    }
}
