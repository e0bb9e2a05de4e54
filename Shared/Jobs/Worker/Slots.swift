import Contracts
import Synchronization

/// A counting semaphore for tasks. Whoever came first is served first, so that a large demand is not starved by small ones.
package final class Slots: Sendable {
    private struct Waiting {
        let id: Int
        let amount: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var waiting: [Waiting] = []
        /// Cancelled before they came to wait.
        var cancelled: Set<Int> = []
        var lastID = 0

        /// Takes what fits off the front of the queue.
        mutating func admit() -> [Waiting] {
            var admitted: [Waiting] = []
            while let first = waiting.first, first.amount <= free {
                free -= first.amount
                admitted.append(waiting.removeFirst())
            }
            return admitted
        }
    }

    /// How much there is to take.
    let capacity: Int
    private let state: Mutex<State>

    /// - Parameter capacity: how much there is to take; at least 1.
    package init(_ capacity: Int) {
        self.capacity = max(1, capacity)
        state = Mutex(State(free: self.capacity))
    }

    /// Waits until there is room.
    /// - Parameters:
    ///   - amount: how much to take; more than there is means all of it.
    ///   - onWait: called once the demand stands in the queue, when there is no room at once.
    /// - Throws: `CancellationError`; nothing is taken then.
    package func acquire(_ amount: Int = 1, onWait: () -> Void = {}) async throws(CancellationError) {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if wait(Waiting(id: id, amount: bounded(amount), continuation: continuation)) { onWait() }
            }
        } onCancel: {
            cancel(id)
        }
        // A cancellation may have come just after the slots were given.
        state.withLock { _ = $0.cancelled.remove(id) }
        guard isTaken else { throw CancellationError() }
    }

    /// Takes what is free at once and nobody waits for.
    /// - Returns: whether it was taken.
    package func tryAcquire(_ amount: Int = 1) -> Bool {
        state.withLock { state in
            guard state.waiting.isEmpty, bounded(amount) <= state.free else { return false }
            state.free -= bounded(amount)
            return true
        }
    }

    /// Waits until there is room, at most for some time.
    /// - Parameters:
    ///   - amount: how much to take; more than there is means all of it.
    ///   - limit: the longest wait; `nil` for none.
    ///   - onWait: called once the demand stands in the queue, when there is no room at once.
    /// - Throws: `CancellationError`; a retriable `JobProblem` when the time has passed. Nothing is taken then.
    package func acquire(_ amount: Int = 1, within limit: Duration?, onWait: @escaping @Sendable () -> Void = {}) async throws {
        guard let limit else { return try await acquire(amount, onWait: onWait) }
        let isTaken = await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await self.acquire(amount, onWait: onWait)) != nil }
            group.addTask {
                try? await Task.sleep(for: limit)
                return false
            }
            // Whichever comes first ends the other; room may still have been given at that very moment.
            let first = await group.next() ?? false
            group.cancelAll()
            return await group.next() ?? false || first
        }
        guard !isTaken else { return }
        try Task.checkCancellation()
        throw JobProblem(
            code: "busy", message: "everything that could do this is busy; try again in a while", isRetriable: true)
    }

    /// Gives back what `acquire` took.
    package func release(_ amount: Int = 1) {
        serve { $0.free += bounded(amount) }
    }

    /// Tasks that wait now.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func bounded(_ amount: Int) -> Int { min(max(0, amount), capacity) }

    /// - Returns: whether it still waits.
    private func wait(_ waiting: Waiting) -> Bool {
        var isCancelled = false
        serve { state in
            isCancelled = state.cancelled.contains(waiting.id)
            if !isCancelled { state.waiting.append(waiting) }
        }
        if isCancelled { waiting.continuation.resume(returning: false) }
        return state.withLock { state in state.waiting.contains { $0.id == waiting.id } }
    }

    private func cancel(_ id: Int) {
        var found: Waiting?
        serve { state in
            if let index = state.waiting.firstIndex(where: { $0.id == id }) {
                found = state.waiting.remove(at: index)
            } else {
                state.cancelled.insert(id)
            }
        }
        found?.continuation.resume(returning: false)
    }

    private func serve(_ change: (inout State) -> Void) {
        let admitted = state.withLock { state in
            change(&state)
            return state.admit()
        }
        for waiting in admitted { waiting.continuation.resume(returning: true) }
    }
}
