package import Persistence
package import Primitives
import Synchronization

/// Budgets that hold: what a call could cost at most is kept before it is made, what it did cost is charged after.
///
/// Every decision is made in memory under one lock, so concurrent calls can not overshoot, and a call is kept in all its
/// accounts or in none. What makes it outlive a crash is a lease: an account may only spend what the disk says is gone already.
/// A little more than is needed is written off on disk ahead of time, so that calls seldom wait for the disk; the unused rest
/// is given back with the next write. After a crash everything that was written off counts as spent: never less than was really
/// spent, and more by no more than the calls under way and the lease, which follows the traffic of the last tenth of a second
/// and is a twentieth of the limit at most. A call that cost more than was kept for it is settled when the disk knows. Power
/// loss changes nothing of this when the database is opened with full durability.
///
/// ```swift
/// let kept = try await budgets.reserve(candidate.worstCost, for: BudgetCaller(key: "key_1", organisation: "acme"))
/// let usage = try await call(candidate)
/// try await budgets.settle(kept, cost: candidate.price.cost(of: usage))
/// ```
package final class Budgets: Sendable {
    package static let migrations = BudgetStore.migrations
    static let log = Log("gateway.budgets")

    struct State {
        var table = BudgetTable()
        var isWriting = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let database: Database
    let clock: @Sendable () -> Timestamp
    let recordEvent: @Sendable (BudgetEvent, Connection) throws -> Void
    /// How often the accounts of one call are looked up before it is given up; once is enough but for a sweep in between.
    static let maximumLookups = 100
    let idleTime: Duration
    let maximumAccounts: Int
    let state: Mutex<State>
    let wakeUp = BoundedChannel<Void>(capacity: 1)
    /// What the process before left behind, charged at its worst.
    package let recovered: [BudgetRecovery]

    /// Reads the budgets and charges what a process that died had leased.
    /// - Parameters:
    ///   - database: opened with full durability, or a power loss may forget spending.
    ///   - idleTime: accounts that are unused for so long give their lease back.
    ///   - maximumAccounts: in memory; more are read from disk as they are needed. Accounts in use are never dropped.
    ///   - clock: the time that periods go by.
    ///   - recordEvent: writes a threshold's event in the transaction that makes it true, for instance into an outbox, so that
    ///     it is given exactly once.
    package init(
        _ database: Database, idleTime: Duration = .seconds(60), maximumAccounts: Int = 100_000,
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now,
        recordEvent: @escaping @Sendable (BudgetEvent, Connection) throws -> Void
    ) async throws {
        (self.database, self.idleTime, self.maximumAccounts) = (database, idleTime, maximumAccounts)
        (self.clock, self.recordEvent) = (clock, recordEvent)
        recovered = try await database.write(BudgetStore.recover)
        let budgets = try await database.read(BudgetStore.budgets)
        var initial = State()
        initial.table.setBudgets(budgets)
        state = Mutex(initial)
        for loss in recovered {
            Self.log.warning(
                "the process before ended in the middle; what it may have spent is charged",
                ["budget": .string(loss.budget), "subject": .string(loss.subject), "charged": loss.charged.json])
        }
    }

    // MARK: Calls

    /// Keeps the most that a call can cost, in every budget that it falls under.
    /// - Parameter amount: zero is always granted.
    /// - Throws: `BudgetError.exceeded` when it does not fit into one of them, and then nothing is kept; `.storeUnavailable`;
    ///   `.invalid` for a negative or impossibly large amount.
    package func reserve(_ amount: Money, for caller: BudgetCaller) async throws(BudgetError) -> BudgetReservation {
        guard amount >= .zero, amount <= .maximum else { throw .invalid("a call can not cost \(amount)") }
        var lookups = 0
        while true {
            let now = clock()
            let (outcome, runsLow) = state.withLock { state in
                let outcome = state.table.reserve(amount.nanoDollars, for: caller.scopes, now: now.milliseconds)
                if case .reserved(let lines) = outcome { return (outcome, state.table.runsLow(lines)) }
                return (outcome, false)
            }
            if runsLow { _ = wakeUp.trySend(()) }
            switch outcome {
            case .reserved(let lines): return BudgetReservation(self, lines: lines, amount: amount)
            case .refused(let refusal): throw .exceeded(refusal)
            case .unknown(let scopes): try await load(scopes, now: now, &lookups)
            case .uncovered: try await flushOrFail()
            }
        }
    }

    /// Keeps another amount for a call, as when a fallback is dearer.
    /// - Throws: as `reserve`; the old amount stays kept then.
    package func resize(_ reservation: BudgetReservation, to amount: Money) async throws(BudgetError) {
        guard amount >= .zero, amount <= .maximum else { throw .invalid("a call can not cost \(amount)") }
        while true {
            let outcome = reservation.change(to: amount) { old in
                let outcome = state.withLock {
                    $0.table.resize(reservation.lines, from: old.nanoDollars, to: amount.nanoDollars)
                }
                if case .reserved = outcome { return (true, outcome) }
                return (false, outcome)
            }
            switch outcome {
            case .refused(let refusal): throw .exceeded(refusal)
            case .uncovered: try await flushOrFail()
            case .reserved, .unknown, nil: return
            }
        }
    }

    /// Charges what a call did cost and gives the rest free.
    /// - Parameter cost: also when it is more than was kept: it was spent.
    /// - Throws: `BudgetError.invalid` for a negative or impossibly large cost; the call is charged in full then.
    package func settle(_ reservation: BudgetReservation, cost: Money) async throws(BudgetError) {
        let isPossible = cost >= .zero && cost <= .maximum
        guard let amount = reservation.end() else { return }
        if close(reservation.lines, reserved: amount, charge: isPossible ? cost : amount) {
            do {
                // More than once when a write was under way that did not have it yet.
                while state.withLock({ $0.table.isUncovered(reservation.lines) }) { try await flush() }
            } catch {
                Self.log.error("spending beyond a reservation waits for the disk", ["error": .string("\(error)")])
            }
        }
        if !isPossible { throw .invalid("a call can not have cost \(cost)") }
    }

    /// Charges what a call did cost and gives the rest free, without waiting.
    /// - Parameter cost: counts up to what was kept.
    package func charge(_ reservation: BudgetReservation, _ cost: Money) {
        guard let amount = reservation.end() else { return }
        close(reservation.lines, reserved: amount, charge: min(max(.zero, cost), amount))
    }

    /// Gives free what was kept for a call that did not happen.
    package func release(_ reservation: BudgetReservation) {
        guard let amount = reservation.end() else { return }
        close(reservation.lines, reserved: amount, charge: .zero)
    }

    /// What a call could still cost at most if it were made now.
    /// - Parameter atLimit: looks only at budgets that do this at their limit.
    /// - Returns: `nil` when no such budget applies.
    package func left(for caller: BudgetCaller, atLimit: Budget.AtLimit) async throws(BudgetError) -> Money? {
        guard state.withLock({ $0.table.consequences.contains(atLimit) }) else { return nil }
        return try await statuses(for: caller).filter { $0.budget.atLimit == atLimit }.map(\.left).min()
    }

    /// How every account stands that the caller falls under.
    package func statuses(for caller: BudgetCaller) async throws(BudgetError) -> [BudgetStatus] {
        var lookups = 0
        while true {
            let now = clock()
            let unknown = state.withLock { state -> [BudgetScope]? in
                if case .unknown(let scopes) = state.table.reserve(0, for: caller.scopes, now: now.milliseconds) { return scopes }
                return nil
            }
            guard let unknown else { return state.withLock { $0.table.statuses(of: caller.scopes) } }
            try await load(unknown, now: now, &lookups)
        }
    }

    /// - Returns: whether the disk must be told before this counts as safe.
    @discardableResult
    func close(_ lines: [BudgetTable.Line], reserved: Money, charge: Money) -> Bool {
        guard !lines.isEmpty else { return false }
        return state.withLock { $0.table.settle(lines, reserved: reserved.nanoDollars, charge: charge.nanoDollars) }
    }

    // MARK: Budgets

    /// Every budget, by id.
    package var budgets: [Budget] { state.withLock { $0.table.budgets.values.sorted { $0.id < $1.id } } }

    /// Makes a budget, or changes the limit, thresholds and consequence of one that there is.
    /// - Throws: `BudgetError.invalid`, also for another scope or period under a known id; `DatabaseError`.
    package func put(_ budget: Budget) async throws {
        try budget.validate()
        try await change { connection, known in
            if let old = known[budget.id], (old.kind, old.subject, old.period) != (budget.kind, budget.subject, budget.period) {
                throw BudgetError.invalid("the budget \(budget.id) is for another scope or period; make one with another id")
            }
            try BudgetStore.put(budget, on: connection)
        }
    }

    /// Removes a budget; what was spent from it stays on disk. Calls under way are settled as if it were there.
    /// - Throws: `DatabaseError`.
    package func remove(_ id: String) async throws {
        try await change { connection, _ in try connection.execute("DELETE FROM budget WHERE id = ?", id) }
    }

    private func change(_ body: @escaping @Sendable (Connection, [String: Budget]) throws -> Void) async throws {
        try await database.write { [self] connection in
            try body(connection, state.withLock { $0.table.budgets })
        }
        // Read back after the commit, on the writer, so that the last of two changes is the one in memory.
        try await database.write { [self] connection in
            let all = try BudgetStore.budgets(on: connection)
            state.withLock { $0.table.setBudgets(all) }
        }
    }
}
