import Primitives
import Synchronization

/// One subject space for all answers of a connection: every request gets a subject of its own below it, so any number of
/// requests wait at once without a subscription or a thread each.
final class ReplyInbox: Sendable {
    private struct Waiter {
        let subject: String
        var deadline: MonotonicTime
        let receiver: any ReplyReceiver
    }

    private struct State {
        var waiters: [UInt64: Waiter] = [:]
        var nextToken: UInt64 = 0
        var nextWake = MonotonicTime.distantFuture
        var isClosed = false
    }

    let prefix: String
    private let state = Mutex(State())
    private let alarm = Signal()

    /// - Parameter name: unguessable, so that nobody else can answer.
    init(name: String) {
        prefix = "_INBOX.\(name)."
        startThread(name: "nats-deadline") { [weak self, alarm] in
            // The thread holds the inbox only while it works, so that a forgotten bus ends it.
            while let next = self?.expire(at: .now()) { alarm.wait(until: next) }
        }
    }

    deinit {
        alarm.raise()
    }

    /// What all answers match.
    var wildcard: String { prefix + "*" }

    /// How many wait for an answer.
    var count: Int { state.withLock { $0.waiters.count } }

    func subject(for token: UInt64) -> String { prefix + String(token) }

    func makeToken() -> UInt64 {
        state.withLock { state in
            state.nextToken += 1
            return state.nextToken
        }
    }

    /// Lets `receiver` have what comes for the token, until it is done or the deadline passes.
    /// - Parameter subject: where the request goes.
    func register(_ token: UInt64, subject: String, deadline: MonotonicTime, receiver: any ReplyReceiver) {
        let (isClosed, isFirst) = state.withLock { state in
            if state.isClosed { return (true, false) }
            state.waiters[token] = Waiter(subject: subject, deadline: deadline, receiver: receiver)
            guard deadline < state.nextWake else { return (false, false) }
            state.nextWake = deadline
            return (false, true)
        }
        if isClosed { receiver.fail(.ended) }
        if isFirst { alarm.raise() }
    }

    /// Gives a waiter another deadline.
    func setDeadline(_ token: UInt64, _ deadline: MonotonicTime) {
        let isFirst = state.withLock { state in
            guard state.waiters[token] != nil else { return false }
            state.waiters[token]?.deadline = deadline
            guard deadline < state.nextWake else { return false }
            state.nextWake = deadline
            return true
        }
        if isFirst { alarm.raise() }
    }

    /// Hands a message that arrived to whoever waits for it; one that nobody waits for is dropped.
    func deliver(_ message: Message) {
        guard let token = UInt64(message.subject.dropFirst(prefix.count)) else { return }
        guard let waiter = state.withLock({ $0.waiters[token] }) else { return }
        if waiter.receiver.receive(message) { remove(token) }
    }

    @discardableResult
    private func remove(_ token: UInt64) -> (any ReplyReceiver)? {
        state.withLock { $0.waiters.removeValue(forKey: token)?.receiver }
    }

    /// Nothing is expected any more.
    func forget(_ token: UInt64) {
        remove(token)
    }

    func fail(_ token: UInt64, with error: MessagingError) {
        remove(token)?.fail(error)
    }

    func fail(sentTo subject: String, with error: MessagingError) {
        fail(with: error) { $0.subject == subject }
    }

    func failAll(with error: MessagingError) {
        fail(with: error) { _ in true }
    }

    private func fail(with error: MessagingError, where concerns: (Waiter) -> Bool) {
        let failed = state.withLock { state in
            let tokens = state.waiters.filter { concerns($0.value) }.keys
            return tokens.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in failed { waiter.receiver.fail(error) }
    }

    /// Ends the waiting for work.
    func endPulls() {
        fail(with: .ended) { $0.receiver is PullReceiver }
    }

    /// Fails what is overdue.
    /// - Returns: when to look again; `nil` when the inbox is closed.
    private func expire(at now: MonotonicTime) -> MonotonicTime? {
        let (overdue, next): ([Waiter], MonotonicTime?) = state.withLock { state in
            if state.isClosed { return ([], nil) }
            let tokens = state.waiters.filter { $0.value.deadline <= now }.keys
            let overdue = tokens.compactMap { state.waiters.removeValue(forKey: $0) }
            state.nextWake = state.waiters.values.map(\.deadline).min() ?? .distantFuture
            return (overdue, state.nextWake)
        }
        for waiter in overdue { waiter.receiver.fail(.timeout(subject: waiter.subject)) }
        return next
    }

    func close() {
        state.withLock { $0.isClosed = true }
        failAll(with: .ended)
        alarm.raise()
    }
}

/// Takes the answers to one request.
protocol ReplyReceiver: Sendable {
    /// - Returns: true when it needs no more.
    func receive(_ message: Message) -> Bool
    /// Called at most once, and not after `receive` has returned true.
    func fail(_ error: MessagingError)
}

/// Takes one answer.
final class SingleReply: ReplyReceiver {
    private let continuation: Mutex<CheckedContinuation<Result<Message, MessagingError>, Never>?>

    init(_ continuation: CheckedContinuation<Result<Message, MessagingError>, Never>) {
        self.continuation = Mutex(continuation)
    }

    func receive(_ message: Message) -> Bool {
        resume(with: .success(message))
        return true
    }

    func fail(_ error: MessagingError) {
        resume(with: .failure(error))
    }

    private func resume(with result: Result<Message, MessagingError>) {
        continuation.withLock { $0.take() }?.resume(returning: result)
    }
}
