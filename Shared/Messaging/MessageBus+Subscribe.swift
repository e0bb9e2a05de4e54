import CNATS
import Primitives

extension MessageBus {
    /// Listens to a subject. When this returns the server knows, unless it is away: then it learns with the reconnection.
    /// - Parameters:
    ///   - subject: may hold the wildcards `*` and `>`.
    ///   - queue: members of one queue share the messages.
    ///   - capacity: messages held for a slow receiver before they are lost.
    /// - Throws: `invalidSubject`, `permissionDenied`, `closed`.
    package func subscribe(
        _ subject: String, queue: String? = nil, capacity: Int = 1024
    ) async throws(MessagingError) -> Subscription {
        try Subject.checkSubscribable(subject)
        if let queue { try Subject.checkPublishable(queue) }
        let sink = SubscriptionSink(subject: subject, capacity: capacity)
        let id = try monitor.register(sink)
        let subscription = Subscription(sink, id: id, monitor: monitor, gate: drainGate)
        let context = SubscriptionContext(
            receive: { [monitor] message in
                if let dropped = sink.receive(message) { monitor.slow(sink.subject, dropped: dropped) }
            },
            complete: { sink.finish() })
        do {
            let (connection, outbound, gate, monitor) = (connection, outbound, drainGate, monitor)
            let timeout = configuration.requestTimeout
            try await waiting.run {
                let handle = try SubscriptionHandle(
                    connection, subject: subject, queue: queue, pending: capacity, outbound: outbound, context: context)
                guard gate.add(id, handle) else { throw MessagingError.ended }
                // Without a connection there is nothing to wait for.
                if monitor.connection == .connected { try connection.confirm(subject, timeout: timeout) }
            }
        } catch {
            subscription.cancel()
            throw error as? MessagingError ?? .ended
        }
        return subscription
    }
}

extension ConnectionHandle {
    /// Waits until the server has seen a new subscription; may wait.
    /// - Throws: `permissionDenied` when it refused it.
    fileprivate func confirm(_ subject: String, timeout: Duration) throws(MessagingError) {
        guard natsConnection_FlushTimeout(pointer, timeout.milliseconds) == NATS_OK else { return }
        // The refusal comes before the answer to the flush. It also comes as an event, on another thread and maybe later.
        var text: UnsafePointer<CChar>?
        guard natsConnection_GetLastError(pointer, &text) == NATS_NOT_PERMITTED, let text else { return }
        let violation = PermissionViolation(parsing: String(cString: text))
        if violation == PermissionViolation(.subscribe, subject) { throw .permissionDenied(subject: subject) }
    }
}
