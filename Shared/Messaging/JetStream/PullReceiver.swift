import Synchronization

/// Collects the answers to one pull request: messages, then a status that ends it.
///
/// The waiting side may leave before the server's end of the request; what then arrives is given back at once, so that another
/// gets it without waiting for the acknowledgement's time to run out.
final class PullReceiver: ReplyReceiver {
    typealias Outcome = Result<[Message], MessagingError>

    private struct State {
        var messages: [Message] = []
        var outcome: Outcome?
        var continuation: CheckedContinuation<Outcome, Never>?
    }

    private let maximum: Int
    private let subject: String
    private let giveBack: @Sendable (Message) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximum: messages that were asked for.
    ///   - subject: where the request went.
    ///   - giveBack: called with every message that nobody takes any more.
    init(maximum: Int, subject: String, giveBack: @escaping @Sendable (Message) -> Void) {
        (self.maximum, self.subject, self.giveBack) = (maximum, subject, giveBack)
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

    /// The waiting side leaves: what has come and what still comes is given back.
    func abandon() {
        let (messages, continuation) = state.withLock { state -> ([Message], CheckedContinuation<Outcome, Never>?) in
            guard state.outcome == nil else { return ([], nil) }
            state.outcome = .failure(.cancelled)
            defer { state.messages = [] }
            return (state.messages, state.continuation.take())
        }
        for message in messages { giveBack(message) }
        continuation?.resume(returning: .failure(.cancelled))
    }

    func receive(_ message: Message) -> Bool {
        if message.reply?.hasPrefix("$JS.ACK.") == true { return take(message) }
        guard let status = message.status, status != 100 else { return false }
        finish(with: Self.error(status, message.statusText, subject: subject))
        return true
    }

    private func take(_ message: Message) -> Bool {
        let (isTaken, isFull) = state.withLock { state in
            guard state.outcome == nil else { return (false, false) }
            state.messages.append(message)
            return (true, state.messages.count == maximum)
        }
        if !isTaken { giveBack(message) }
        if isFull { finish(with: nil) }
        return isFull
    }

    func fail(_ error: MessagingError) {
        if case .timeout = error {
            // The server's own end of the request got lost, nothing else did.
            finish(with: nil)
        } else {
            finish(with: error)
        }
    }

    /// What has come counts, whatever ended the request.
    private func finish(with error: MessagingError?) {
        let (outcome, continuation) = state.withLock { state -> (Outcome, CheckedContinuation<Outcome, Never>?) in
            let messages = state.messages
            let outcome: Outcome = error.flatMap { messages.isEmpty ? .failure($0) : nil } ?? .success(messages)
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
