import Primitives
import Synchronization

/// Those who watch alerts as they change.
package final class AlertWatchers: Sendable {
    private struct State {
        var channels: [UInt64: BoundedChannel<Alert>] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    init() {}

    func tell(_ alert: Alert) {
        // One that is too slow to be told of it sees its stream end, and asks for all when it connects again.
        for channel in state.withLock({ Array($0.channels.values) }) where !channel.trySend(alert) { channel.finish() }
    }

    /// Lets everybody begin anew.
    func disconnect() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.finish() }
    }

    /// Gives `body` every change until the task is cancelled or a change could not be kept for it.
    /// - Parameter started: is called when no change can be missed any more.
    package func follow(started: () async throws -> Void, _ body: (Alert) async throws -> Void) async throws {
        let channel = BoundedChannel<Alert>(capacity: 1024)
        let number = state.withLock { state in
            state.next += 1
            state.channels[state.next] = channel
            return state.next
        }
        defer { state.withLock { $0.channels[number] = nil } }
        try await started()
        for try await alert in channel { try await body(alert) }
    }
}
