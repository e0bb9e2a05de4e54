/// Whether messages can flow.
package enum ConnectionState: Sendable, Hashable {
    case connected
    /// Lost and being made again; what is published waits in memory.
    case reconnecting
    case closed
}

/// What happens to the connection outside of any call.
package enum ConnectionEvent: Sendable, Hashable {
    case disconnected
    case reconnected
    /// For good.
    case closed
    /// A subscriber does not keep up; it has lost so many messages since it subscribed.
    case slowConsumer(subject: String, dropped: Int)
    /// nats-server refused a publication or a subscription.
    case permissionDenied(subject: String)
    /// A message that had been taken by `publish` was not sent.
    case publishFailed(subject: String, error: MessagingError)
    /// Anything else libnats reports.
    case failed(status: UInt32, reason: String)
}
