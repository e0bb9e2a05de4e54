import Primitives
import Synchronization

/// Where libnats' callback leaves the messages of one subscription.
final class SubscriptionSink: Sendable {
    private struct State {
        var dropped = 0
        var isSlow = false
        var isFinished = false
    }

    let subject: String
    let channel: BoundedChannel<Message>
    private let state = Mutex(State())

    init(subject: String, capacity: Int) {
        self.subject = subject
        channel = BoundedChannel(capacity: capacity)
    }

    /// Messages lost because the subscriber was too slow.
    var dropped: Int { state.withLock { $0.dropped } }

    /// Adds a message without waiting.
    /// - Returns: how many have been lost when the subscriber has just become too slow, else `nil`.
    func receive(_ message: Message) -> Int? {
        let accepted = channel.trySend(message)
        return state.withLock { state in
            if accepted || state.isFinished {
                state.isSlow = false
                return nil
            }
            state.dropped += 1
            guard !state.isSlow else { return nil }
            state.isSlow = true
            return state.dropped
        }
    }

    /// No more messages will come; those held are still received.
    func finish() {
        state.withLock { $0.isFinished = true }
        channel.finish()
    }

    func fail(_ error: MessagingError) {
        state.withLock { $0.isFinished = true }
        channel.finish(throwing: error)
    }
}
