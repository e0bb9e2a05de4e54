import Primitives
import Synchronization

/// Where the answers to pull requests arrive, one request at a time.
///
/// The messages of a consumer come under their own subjects, not under that of the request, so that they can not share one inbox
/// as other answers do. Only the status that ends a request carries the request's own subject.
final class PullInbox: Sendable {
    private struct State {
        var current: (subject: String, receiver: PullReceiver)?
        var requests: UInt64 = 0
    }

    private let prefix = "_INBOX.\(Identifier.make("pull"))."
    private let outbound: OutboundQueue
    private let state = Mutex(State())

    init(outbound: OutboundQueue) {
        self.outbound = outbound
    }

    var wildcard: String { prefix + "*" }

    /// Begins a request.
    /// - Returns: the subject for its answers.
    func begin(_ receiver: PullReceiver) -> String {
        state.withLock { state in
            state.requests += 1
            let subject = prefix + String(state.requests)
            state.current = (subject, receiver)
            return subject
        }
    }

    func end() {
        state.withLock { $0.current = nil }
    }

    /// Called by libnats' thread with whatever arrives.
    func receive(_ message: Message) {
        let current = state.withLock { $0.current }
        if message.reply?.hasPrefix("$JS.ACK.") == true {
            if current?.receiver.take(message) != true { giveBack(message) }
        } else if let current, current.subject == message.subject {
            current.receiver.end(with: message)
        }
    }

    /// Lets another have a message that nobody here waits for any more.
    func giveBack(_ message: Message) {
        guard let reply = message.reply else { return }
        do {
            try outbound.publish(OutgoingMessage(subject: reply, payload: WorkItem.Word.retry.bytes))
        } catch {
            // It comes again when its acknowledgement's time has run out.
            Log("messaging").debug("a message could not be given back", ["error": .string("\(error)")])
        }
    }
}
