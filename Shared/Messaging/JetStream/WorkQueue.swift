import Primitives

/// A durable consumer of a stream that any number of workers take from.
package final class WorkQueue: Sendable {
    private let bus: MessageBus
    private let stream: String
    private let settings: ConsumerSettings

    init(bus: MessageBus, stream: String, settings: ConsumerSettings) {
        (self.bus, self.stream, self.settings) = (bus, stream, settings)
    }

    /// Takes what is there, else waits for the first message.
    ///
    /// When the task is cancelled meanwhile, what was on its way goes back to the queue at once.
    /// - Parameters:
    ///   - maximum: items at most; at least 1.
    ///   - wait: how long to wait when there is nothing.
    /// - Returns: none when nothing came in time.
    /// - Throws: `disconnected`, `noResponders` when JetStream is away, `permissionDenied`, `cancelled`, `closed`.
    package func fetch(maximum: Int, wait: Duration) async throws(MessagingError) -> [WorkItem] {
        let messages: [Message]
        do {
            messages = try await pull(maximum, wait)
        } catch {
            guard Self.isConsumerMissing(error) else { throw error }
            // A server that lost its store, or someone who deleted the consumer: make it again.
            try await bus.ensureConsumer(stream, settings)
            messages = try await pull(maximum, wait)
        }
        return messages.compactMap { WorkItem($0, bus: bus) }
    }

    private func pull(_ maximum: Int, _ wait: Duration) async throws(MessagingError) -> [Message] {
        try await bus.pull(stream: stream, consumer: settings.durableName, maximum: maximum, wait: wait)
    }

    private static func isConsumerMissing(_ error: MessagingError) -> Bool {
        switch error {
        case .noResponders, .notFound: true
        default: false
        }
    }

    /// How many messages wait that nobody has taken yet.
    package func pending() async throws(MessagingError) -> UInt64 {
        try await number("num_pending")
    }

    /// How many messages have been taken and not been finished.
    package func inWork() async throws(MessagingError) -> UInt64 {
        try await number("num_ack_pending")
    }

    private func number(_ key: String) async throws(MessagingError) -> UInt64 {
        let info = try await bus.jetStream("CONSUMER.INFO.\(stream).\(settings.durableName)")
        return UInt64(clamping: info[key]?.integerValue ?? 0)
    }
}

extension MessageBus {
    /// A durable consumer as a work queue; makes it, or brings it to these settings.
    /// - Throws: `notFound` without the stream, `jetStream` for settings the stream does not allow, …
    package func workQueue(stream: String, consumer: ConsumerSettings) async throws(MessagingError) -> WorkQueue {
        try await ensureConsumer(stream, consumer)
        return WorkQueue(bus: self, stream: stream, settings: consumer)
    }
}
