package import Primitives

/// One message taken from a work queue. It comes again, to whoever takes next, unless it is acknowledged or terminated before
/// the consumer's `ackWait` runs out.
package final class WorkItem: Sendable {
    /// What can be said about a delivery (NATS ADR-15).
    enum Word {
        case acknowledge, retry, inProgress, terminate
        case retryAfter(Duration)

        var bytes: Bytes {
            switch self {
            case .acknowledge: Bytes("+ACK".utf8)
            case .retry: Bytes("-NAK".utf8)
            case .retryAfter(let delay): Bytes("-NAK {\"delay\":\(max(0, delay.nanoseconds))}".utf8)
            case .inProgress: Bytes("+WPI".utf8)
            case .terminate: Bytes("+TERM".utf8)
            }
        }
    }

    package let message: Message
    private let bus: MessageBus
    private let delivery: AckSubject
    private let ackSubject: String

    /// - Returns: `nil` for a message that did not come from a consumer.
    init?(_ message: Message, bus: MessageBus) {
        guard let reply = message.reply, let delivery = AckSubject(parsing: reply) else { return nil }
        (self.message, self.bus, self.delivery, ackSubject) = (message, bus, delivery, reply)
    }

    /// How many times it has been delivered, this time included.
    package var deliveries: Int { delivery.deliveries }

    /// Its place in the stream.
    package var streamSequence: UInt64 { delivery.streamSequence }

    /// When the stream took it in.
    package var storedAt: Timestamp { Timestamp(milliseconds: delivery.storedAt / 1_000_000) }

    /// It is done. A lost acknowledgement lets it come again.
    /// - Throws: `outboundFull`, `closed`.
    package func acknowledge() async throws(MessagingError) {
        try say(.acknowledge)
    }

    /// It is done, and the server has said that it knows.
    /// - Throws: `timeout`, `disconnected`, …: it may come again.
    package func acknowledgeSync() async throws(MessagingError) {
        _ = try await bus.exchange(OutgoingMessage(subject: ackSubject, payload: Word.acknowledge.bytes))
    }

    /// It is still being worked on: its time begins anew.
    package func inProgress() throws(MessagingError) {
        try say(.inProgress)
    }

    /// It shall come again.
    /// - Parameter delay: not before.
    package func retry(after delay: Duration) throws(MessagingError) {
        try say(delay > .zero ? .retryAfter(delay) : .retry)
    }

    /// It shall never come again.
    package func terminate() throws(MessagingError) {
        try say(.terminate)
    }

    private func say(_ word: Word) throws(MessagingError) {
        try bus.outbound.publish(OutgoingMessage(subject: ackSubject, payload: word.bytes))
    }
}
