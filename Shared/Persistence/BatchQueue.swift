package import Primitives
package import Synchronization

/// Elements on their way to the disk, taken many at once. The writer is woken for the first one and for a full batch, not for
/// each: waking a thread costs more than writing a row. Adding is inlinable, so that elements are not copied as unknown types.
package final class BatchQueue<Element: Sendable>: Sendable {
    @usableFromInline struct State {
        @usableFromInline var elements: [Element] = []
        @usableFromInline var senders: [CheckedContinuation<Void, Never>] = []
        @usableFromInline var isFinished = false
        /// What was taken last, until more is asked for.
        var taken: [Element] = []
    }

    @usableFromInline let capacity: Int
    @usableFromInline let batch: Int
    private let interval: Duration
    @usableFromInline let state = Mutex(State())
    @usableFromInline let wakeUp = BoundedChannel<Void>(capacity: 1)
    /// Finished when `run` has ended.
    private let ended = BoundedChannel<Never>(capacity: 1)

    /// - Parameters:
    ///   - capacity: elements that may wait.
    ///   - batch: elements that are taken at once at most, and without waiting for more.
    ///   - interval: how long the first element waits for others.
    package init(capacity: Int, batch: Int, interval: Duration) {
        (self.capacity, self.batch, self.interval) = (max(1, capacity), max(1, batch), interval)
    }

    package var count: Int { state.withLock { $0.elements.count } }

    /// An element that fits, of those that wait and those that were taken last: with them the one who takes is not done before
    /// more is asked for.
    package func first(where fits: (Element) -> Bool) -> Element? {
        state.withLock { $0.taken.first(where: fits) ?? $0.elements.first(where: fits) }
    }

    /// Adds an element if there is room.
    /// - Throws: `ChannelClosed` after `finish`.
    @inlinable package func offer(_ element: Element) throws(ChannelClosed) -> Bool {
        let count = state.withLock { state -> Int? in
            if state.isFinished { return nil }
            guard state.elements.count < capacity else { return 0 }
            state.elements.append(element)
            return state.elements.count
        }
        guard let count else { throw ChannelClosed() }
        if count == 1 || count == batch { _ = wakeUp.trySend(()) }
        return count > 0
    }

    /// Adds an element, waiting for room.
    /// - Throws: `ChannelClosed` after `finish`.
    @inlinable package func send(_ element: Element) async throws(ChannelClosed) {
        while try !offer(element) {
            await withCheckedContinuation { continuation in
                let hasRoom = state.withLock { state in
                    if state.elements.count < capacity || state.isFinished { return true }
                    state.senders.append(continuation)
                    return false
                }
                if hasRoom { continuation.resume() }
            }
        }
    }

    /// Takes nothing more.
    package func finish() {
        state.withLock { $0.isFinished = true }
        _ = wakeUp.trySend(())
    }

    /// Hands elements to `write`, many at once, until `finish` or `drain` was called and all are written.
    /// - Throws: what `write` throws; `CancellationError`.
    package func run(_ write: ([Element]) async throws -> Void) async throws {
        defer { ended.finish() }
        while let elements = try await next() { try await write(elements) }
    }

    /// Takes nothing more and returns when `run` has ended.
    /// - Throws: `CancellationError` when the task is cancelled before.
    package func drain() async throws {
        finish()
        while try await ended.next() != nil {}
    }

    /// Waits for elements.
    /// - Returns: at least one; `nil` after the end.
    /// - Throws: `CancellationError`.
    package func next() async throws -> [Element]? {
        state.withLock { $0.taken = [] }
        while true {
            let (count, isFinished) = state.withLock { ($0.elements.count, $0.isFinished) }
            if isFinished && count == 0 { return nil }
            if count == 0 {
                _ = try await wakeUp.next()
            } else {
                if !isFull { try await fullOrInterval() }
                return take()
            }
        }
    }

    /// Whether nothing is to be waited for.
    private var isFull: Bool { state.withLock { $0.elements.count >= batch || $0.isFinished } }

    private func take() -> [Element] {
        let (taken, senders) = state.withLock { state in
            var taken: [Element] = []
            if state.elements.count > batch {
                taken = Array(state.elements[..<batch])
                state.elements.removeFirst(batch)
            } else {
                swap(&taken, &state.elements)
            }
            state.taken = taken
            defer { state.senders = [] }
            return (taken, state.senders)
        }
        for sender in senders { sender.resume() }
        return taken
    }

    /// A wake-up may be an old one, for an element that came while the batch before was written: it ends nothing.
    private func fullOrInterval() async throws {
        try await withThrowingTaskGroup(of: Void.self) { [self, interval] group in
            group.addTask { try await Task.sleep(for: interval) }
            group.addTask { while !self.isFull { _ = try await self.wakeUp.next() } }
            try await group.next()
            group.cancelAll()
        }
    }
}
