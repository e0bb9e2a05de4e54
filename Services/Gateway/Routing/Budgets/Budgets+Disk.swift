import Persistence
import Primitives
import Synchronization

/// Where memory and disk meet.
extension Budgets {
    /// Writes accounts now and then, so that leases stay small, until the task is cancelled.
    /// - Parameter interval: between two writes of accounts that change.
    package func run(interval: Duration = .milliseconds(100)) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                while true {
                    try await Task.sleep(for: interval)
                    _ = wakeUp.trySend(())
                }
            }
            while try await wakeUp.next() != nil {
                do {
                    try await flush()
                } catch {
                    // The accounts stay as they are and are written with the next wake-up; meanwhile no lease grows.
                    Self.log.warning("budgets wait for the disk", ["error": .string("\(error)")])
                }
            }
            group.cancelAll()
        }
    }

    /// Writes every account that has changed; writes under way at the same time are joined.
    /// - Throws: `DatabaseError`.
    package func flush() async throws { _ = try await write(idleSince: clock().advanced(by: .zero - idleTime).milliseconds) }

    /// Writes everything and gives the leases back; what is still reserved stays written off. For the end of the process.
    /// - Throws: `DatabaseError`.
    package func drain() async throws {
        // Again after each write of another that was under way.
        while try await !write(idleSince: .max) {}
    }

    /// Forgets idle accounts in memory; and on disk closed periods, and accounts of sessions, that are older than an age.
    /// - Throws: `DatabaseError`.
    package func sweep(olderThan age: Duration) async throws {
        let now = clock()
        forgetIdle(now)
        let limit = now.advanced(by: .zero - age)
        try await database.write { try BudgetStore.sweep(before: limit, on: $0) }
    }

    private func forgetIdle(_ now: Timestamp) {
        state.withLock { state in
            // Rows on their way to the disk point at their accounts.
            guard !state.isWriting else { return }
            state.table.forget(unusedSince: now.advanced(by: .zero - idleTime).milliseconds)
        }
    }

    func flushOrFail() async throws(BudgetError) {
        do {
            try await flush()
        } catch {
            Self.log.warning("a budget can not be written", ["error": .string("\(error)")])
            throw .storeUnavailable
        }
    }

    /// - Returns: whether it has written; otherwise a write that was under way has ended.
    private func write(idleSince: Int64) async throws -> Bool {
        let rows = await beginWrite(idleSince)
        guard let rows else { return false }
        do {
            if !rows.isEmpty {
                try await database.write { [recordEvent] connection in
                    for row in rows {
                        try BudgetStore.write(row, on: connection)
                        for event in row.events { try recordEvent(event, connection) }
                    }
                }
            }
            endWrite { $0.finishWrite(rows) }
            return true
        } catch {
            endWrite { $0.failWrite(rows) }
            throw error
        }
    }

    /// - Returns: what to write; `nil` after another's write has ended, which this one would have had to wait for.
    private func beginWrite(_ idleSince: Int64) async -> [BudgetAccount.Row]? {
        var rows: [BudgetAccount.Row]?
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            rows = state.withLock { state in
                guard !state.isWriting else {
                    state.waiting.append(continuation)
                    return nil
                }
                state.isWriting = true
                return state.table.beginWrite(idleSince: idleSince)
            }
            if rows != nil { continuation.resume() }
        }
        return rows
    }

    private func endWrite(_ body: (inout BudgetTable) -> Void) {
        let waiting = state.withLock { state in
            body(&state.table)
            state.isWriting = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// - Parameter lookups: how often that was done for the same call.
    func load(_ scopes: [BudgetScope], now: Timestamp, _ lookups: inout Int) async throws(BudgetError) {
        lookups += 1
        guard lookups <= Self.maximumLookups else {
            Self.log.error("a budget's account can not be found", ["scopes": .string("\(scopes.map(\.id))")])
            throw .storeUnavailable
        }
        if state.withLock({ $0.table.count }) >= maximumAccounts { forgetIdle(now) }
        let (names, epoch) = state.withLock { state in
            (scopes.flatMap { state.table.names(of: $0, now: now) }.filter { !state.table.isKnown($0) }, state.table.epoch)
        }
        var balances: [BudgetAccount.Name: BudgetStore.Balance] = [:]
        do {
            if !names.isEmpty {
                balances = try await database.read { connection in
                    var found: [BudgetAccount.Name: BudgetStore.Balance] = [:]
                    for name in names { found[name] = try BudgetStore.balance(name, on: connection) }
                    return found
                }
            }
        } catch {
            Self.log.warning("a budget can not be read", ["error": .string("\(error)")])
            throw .storeUnavailable
        }
        let read = balances
        state.withLock { state in
            // Forgotten meanwhile, an account may have been written anew: the caller tries again.
            guard state.table.epoch == epoch else { return }
            for scope in scopes
            where state.table.names(of: scope, now: now).allSatisfy({ names.contains($0) || state.table.isKnown($0) }) {
                state.table.resolve(scope, read, now: now)
            }
        }
    }
}
