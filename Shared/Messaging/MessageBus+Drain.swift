import CNATS
import Primitives
import Synchronization

/// Counts what must end before the connection may: responders at work and requests that wait for an answer.
final class DrainGate: Sendable {
    private struct State {
        var inside = 0
        var isDraining = false
        var subscriptions: [UInt64: SubscriptionHandle] = [:]
    }

    private let state = Mutex(State())
    private let emptied = BoundedChannel<Never>(capacity: 1)

    var isDraining: Bool { state.withLock { $0.isDraining } }

    func enter() { state.withLock { $0.inside += 1 } }

    func leave() {
        let isEmpty = state.withLock { state in
            state.inside -= 1
            return state.isDraining && state.inside == 0
        }
        if isEmpty { emptied.finish() }
    }

    /// - Returns: false when the bus is draining and takes no more subscriptions.
    func add(_ id: UInt64, _ subscription: SubscriptionHandle) -> Bool {
        state.withLock { state in
            if !state.isDraining { state.subscriptions[id] = subscription }
            return !state.isDraining
        }
    }

    func remove(_ id: UInt64) {
        // Dropping the handle may post a call; not under the lock.
        _ = state.withLock { $0.subscriptions.removeValue(forKey: id) }
    }

    /// Begins the end.
    /// - Returns: the subscriptions to drain, or `nil` when another has begun it.
    func close() -> [SubscriptionHandle]? {
        state.withLock { state in
            guard !state.isDraining else { return nil }
            state.isDraining = true
            return Array(state.subscriptions.values)
        }
    }

    /// Waits until nothing is inside any more.
    func wait() async throws {
        if state.withLock({ $0.inside == 0 }) { return }
        for try await _ in emptied {}
    }
}

extension MessageBus {
    private static let log = Log("messaging")

    /// Ends the connection without losing anything: takes no more messages, lets responders answer what has arrived and requests
    /// get their answers, sends what waits, closes. Limited by `drainTimeout`. Calling it again waits for nothing.
    package func drain() async {
        guard let subscriptions = drainGate.close() else { return }
        let limit = configuration.drainTimeout
        let deadline = MonotonicTime.after(limit)
        inbox.endPulls()
        do {
            try await waiting.run { [pulls] in
                for subscription in subscriptions { subscription.drain(until: deadline) }
                for subscription in pulls.all { subscription.drain(until: deadline) }
            }
            try await withDeadline(limit) { [drainGate] in try await drainGate.wait() }
            try await flush(timeout: limit)
        } catch {
            Self.log.warning("the connection is closed before everything was done", ["error": .string("\(error)")])
        }
        await close()
    }

    private func close() async {
        monitor.willClose()
        let (monitor, outbound) = (monitor, outbound)
        do {
            try await waiting.run {
                let isClosed = Signal()
                let isAccepted = outbound.call { connection in
                    natsConnection_Close(connection.pointer)
                    // libnats says so too, later and on another thread.
                    monitor.closed()
                    isClosed.raise()
                }
                outbound.close()
                if isAccepted { isClosed.wait() }
            }
        } catch {
            // The threads have been stopped: another has closed it.
        }
        waiting.stop()
    }
}
