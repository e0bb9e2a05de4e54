package import Messaging
package import Persistence

extension OutboxPublisher {
    /// Publishes on a bus: a message is safe when its stream has it, and set aside when no stream can take it.
    /// - Parameters:
    ///   - database: must have `Outbox.migrations`.
    ///   - batch: messages under way at once; 1 keeps a strict order.
    ///   - makeStream: makes the stream that is missing, where nobody else is sure to have made it.
    package convenience init(
        database: Database, bus: MessageBus, batch: Int = 256,
        makeStream: (@Sendable (MessageBus) async throws -> Void)? = nil
    ) {
        @Sendable func publish(_ message: OutboxMessage) async throws {
            do {
                _ = try await bus.publishDurable(
                    message.subject, message.payload, messageID: message.id, headers: message.headers)
            } catch MessagingError.payloadTooLarge(let size, let limit) {
                throw Outbox.Refused("\(size) bytes; the server takes \(limit)")
            }
        }
        self.init(database: database, batch: batch) { message in
            do {
                try await publish(message)
            } catch let error as MessagingError {
                guard case .noResponders = error, let makeStream else { throw error }
                try await makeStream(bus)
                try await publish(message)
            }
        }
    }
}
