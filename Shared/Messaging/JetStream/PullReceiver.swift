import Synchronization

/// Collects the answers to one pull request: messages, then a status that ends it.
final class PullReceiver: ReplyReceiver {
    struct Outcome {
        /// What came, whatever ended the request.
        var messages: [Message] = []
        var error: MessagingError?
        /// The server has ended the request; otherwise it may still give to it.
        var isEnded = false

        /// The request ended with the connection it was made on.
        var isLost: Bool {
            if case .disconnected = error { true } else { false }
        }
    }

    private struct State {
        var messages: [Message] = []
        var outcome: Outcome?
        var continuation: CheckedContinuation<Outcome, Never>?
    }

    private let maximum: Int
    private let subject: String
    private let onMessage: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximum: messages that were asked for.
    ///   - subject: where the request went.
    ///   - onMessage: called when one of several messages has come and more may.
    init(maximum: Int, subject: String, onMessage: @escaping @Sendable () -> Void) {
        (self.maximum, self.subject, self.onMessage) = (maximum, subject, onMessage)
    }

    /// Waits for the end; called once.
    func wait() async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome = state.withLock { state in
                if state.outcome == nil { state.continuation = continuation }
                return state.outcome
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    /// The waiting side leaves.
    /// - Returns: what had come, for others.
    func abandon() -> [Message] {
        let (messages, continuation) = state.withLock { state -> ([Message], CheckedContinuation<Outcome, Never>?) in
            guard state.outcome == nil else { return ([], nil) }
            state.outcome = Outcome(error: .cancelled)
            return (state.messages, state.continuation.take())
        }
        continuation?.resume(returning: Outcome(error: .cancelled))
        return messages
    }

    /// Adds a message.
    /// - Returns: false when it is not wanted any more.
    func take(_ message: Message) -> Bool {
        let (isTaken, count) = state.withLock { state in
            guard state.outcome == nil else { return (false, 0) }
            state.messages.append(message)
            return (true, state.messages.count)
        }
        if count == maximum { finish(with: nil, isEnded: true) } else if isTaken { onMessage() }
        return isTaken
    }

    /// The server's own word on the request; 100 is a sign of life.
    func end(with status: Message) {
        guard let number = status.status, number != 100 else { return }
        finish(with: Self.error(number, status.statusText, subject: subject), isEnded: true)
    }

    /// Messages come to the pull inbox, not here.
    func receive(_ message: Message) -> Bool { false }

    func fail(_ error: MessagingError) {
        // After a time-out only the server's end of the request is missing, which may be slow.
        if case .timeout = error { finish(with: nil, isEnded: false) } else { finish(with: error, isEnded: false) }
    }

    private func finish(with error: MessagingError?, isEnded: Bool) {
        let (outcome, continuation) = state.withLock { state -> (Outcome, CheckedContinuation<Outcome, Never>?) in
            let outcome = Outcome(messages: state.messages, error: error, isEnded: isEnded)
            guard state.outcome == nil else { return (outcome, nil) }
            state.outcome = outcome
            return (outcome, state.continuation.take())
        }
        continuation?.resume(returning: outcome)
    }

    /// The statuses of NATS ADR-13 and ADR-37; `nil` for an end that is no failure.
    private static func error(_ status: Int, _ text: String, subject: String) -> MessagingError? {
        switch (status, text.lowercased()) {
        case (404, _), (408, _), (409, "batch completed"), (409, "message size exceeds maxbytes"): nil
        case (503, _): .noResponders(subject: subject)
        case (409, "consumer deleted"): .notFound(jetStreamCode: 10014, reason: "the consumer was deleted")
        case (409, "server shutdown"), (409, "leadership change"): .lost
        default: .jetStream(code: status, reason: text.isEmpty ? "the pull request was refused" : text)
        }
    }
}
