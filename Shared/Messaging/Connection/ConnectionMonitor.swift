import CNATS
import Primitives
import Synchronization

/// Receives what libnats reports about a connection and tells those concerned.
final class ConnectionMonitor: Sendable {
    private struct State {
        var connection = ConnectionState.connected
        /// The bus itself closes the connection.
        var isClosing = false
        var observers: [UInt64: AsyncStream<ConnectionEvent>.Continuation] = [:]
        var subscriptions: [UInt64: SubscriptionSink] = [:]
        var nextID: UInt64 = 0
    }

    private static let log = Log("messaging")
    /// Events kept for an observer that is slow; older ones are dropped first.
    private static let eventsKept = 256
    private let state = Mutex(State())
    private let payloadLimit = Atomic(1 << 20)
    let inbox: ReplyInbox

    init(inbox: ReplyInbox) {
        self.inbox = inbox
    }

    var connection: ConnectionState { state.withLock { $0.connection } }

    /// The largest payload that the server takes, in bytes.
    var maximumPayload: Int {
        get { payloadLimit.load(ordering: .relaxed) }
        set { payloadLimit.store(newValue, ordering: .relaxed) }
    }

    // MARK: What libnats reports

    func disconnected() {
        let isLost = state.withLock { state in
            guard !state.isClosing else { return false }
            state.connection = .reconnecting
            return true
        }
        guard isLost else { return }
        Self.log.warning("the connection to nats-server was lost")
        inbox.failAll(with: .lost)
        emit(.disconnected)
    }

    func reconnected(maximumPayload: Int) {
        Self.log.info("the connection to nats-server is back")
        self.maximumPayload = maximumPayload
        state.withLock { $0.connection = .connected }
        emit(.reconnected)
    }

    func closed() {
        let (observers, sinks, isWanted) = state.withLock { state in
            state.connection = .closed
            defer { (state.observers, state.subscriptions) = ([:], [:]) }
            return (Array(state.observers.values), Array(state.subscriptions.values), state.isClosing)
        }
        for sink in sinks { isWanted ? sink.finish() : sink.fail(.ended) }
        inbox.failAll(with: .ended)
        for observer in observers {
            observer.yield(.closed)
            observer.finish()
        }
    }

    /// - Parameter text: the server's words.
    func failed(_ status: natsStatus, text: String) {
        guard status != NATS_NOT_PERMITTED else { return denied(PermissionViolation(parsing: text)) }
        Self.log.warning("nats-server reports an error", ["status": .string(status.text), "text": .string(text)])
        emit(.failed(status: status.rawValue, reason: text))
    }

    private func denied(_ violation: PermissionViolation) {
        let subject = violation.subject
        Self.log.warning(
            "nats-server refused permission", ["subject": .string(subject), "action": .string(violation.action.rawValue)])
        let error = MessagingError.permissionDenied(subject: subject)
        switch violation.action {
        case .publish:
            inbox.fail(sentTo: subject, with: error)
        case .subscribe:
            let sinks = state.withLock { $0.subscriptions.values.filter { $0.subject == subject } }
            for sink in sinks { sink.fail(error) }
        }
        emit(.permissionDenied(subject: subject))
    }

    /// A subscriber loses messages: in our buffer or already in libnats'.
    func slow(_ subject: String, dropped: Int) {
        Self.log.warning("a subscriber is too slow and loses messages", ["subject": .string(subject)])
        emit(.slowConsumer(subject: subject, dropped: dropped))
    }

    /// libnats did not take a message that nobody waits for.
    func publishFailed(_ subject: String, _ error: MessagingError) {
        Self.log.warning("a message was not sent", ["subject": .string(subject), "error": .string("\(error)")])
        emit(.publishFailed(subject: subject, error: error))
    }

    /// The bus is about to close the connection: that is no loss.
    func willClose() {
        state.withLock { $0.isClosing = true }
    }

    // MARK: Who wants to know

    func observe() -> AsyncStream<ConnectionEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ConnectionEvent.self, bufferingPolicy: .bufferingNewest(Self.eventsKept))
        let id: UInt64? = state.withLock { state in
            guard state.connection != .closed else { return nil }
            state.nextID += 1
            state.observers[state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.observers.removeValue(forKey: id) }
        }
        return stream
    }

    private func emit(_ event: ConnectionEvent) {
        for observer in state.withLock({ Array($0.observers.values) }) { observer.yield(event) }
    }

    /// - Returns: the registration's number.
    /// - Throws: `closed`.
    func register(_ sink: SubscriptionSink) throws(MessagingError) -> UInt64 {
        let id: UInt64? = state.withLock { state in
            guard state.connection != .closed else { return nil }
            state.nextID += 1
            state.subscriptions[state.nextID] = sink
            return state.nextID
        }
        guard let id else { throw .ended }
        return id
    }

    func unregister(_ id: UInt64) {
        _ = state.withLock { $0.subscriptions.removeValue(forKey: id) }
    }
}
