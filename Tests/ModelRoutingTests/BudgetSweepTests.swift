import ModelRouting
import Persistence
import Primitives
import TestSupport
import Testing

/// What becomes of accounts that nobody uses any more.
@Suite struct BudgetSweepTests {
    private func with(_ budgets: [Budget], _ body: (Budgets, Database, TestClock) async throws -> Void) async throws {
        let scratch = try TemporaryFolder("routing")
        let database = try await scratch.open()
        let clock = TestClock("2026-11-21T12:00:00Z")
        let store = try await Budgets.open(database, clock)
        for budget in budgets { try await store.put(budget) }
        try await body(store, database, clock)
        await database.close()
    }

    @Test func accountsThatAreForgottenAreReadAgain() async throws {
        try await with([Budget(id: "b", kind: .session, period: .total, limit: .dollars(10))]) { (budgets, _, clock) async throws in
            for session in 0..<50 {
                let caller = BudgetCaller(session: "s\(session)")
                try await budgets.settle(try await budgets.reserve(.dollars(4), for: caller), cost: .dollars(Int64(session % 5)))
            }
            clock.advance(.hours(1))
            try await budgets.flush()
            try await budgets.sweep(olderThan: .hours(24 * 365))
            for session in 0..<50 {
                let caller = BudgetCaller(session: "s\(session)")
                #expect(try await budgets.spent(caller) == .dollars(Int64(session % 5)))
            }
        }
    }

    /// A session's whole budget has no period that ends: its account goes when nobody has used it for long.
    @Test func accountsOfEndedSessionsAreRemoved() async throws {
        let all = [
            Budget(id: "s", kind: .session, period: .total, limit: .dollars(10)),
            Budget(id: "u", kind: .user, period: .total, limit: .dollars(100)),
        ]
        try await with(all) { (budgets, database, clock) async throws in
            func spend(_ session: String) async throws {
                let caller = BudgetCaller(user: "ann", session: session)
                try await budgets.settle(try await budgets.reserve(.dollars(1), for: caller), cost: .dollars(1))
            }
            func subjects() async throws -> [String] {
                try await database.read { connection in
                    try connection.query("SELECT subject FROM budget_account ORDER BY subject") { try $0.text("subject") }
                }
            }
            try await spend("old")
            try await spend("new")
            clock.advance(.hours(24 * 60))
            try await budgets.flush()
            try await spend("new")
            try await budgets.flush()
            clock.advance(.hours(24 * 60))
            try await budgets.flush()
            #expect(try await subjects() == ["ann", "new", "old"])
            try await budgets.sweep(olderThan: .hours(24 * 90))
            #expect(try await subjects() == ["ann", "new"])
            #expect(try await budgets.spent(BudgetCaller(session: "new")) == .dollars(2))
            #expect(try await budgets.spent(BudgetCaller(user: "ann")) == .dollars(3))
        }
    }
}
