import Primitives

/// The messages of a subject, as they come. One task iterates at a time.
///
/// Messages that find the buffer full are lost, as NATS has it: `dropped` counts them and the bus tells a `slowConsumer` event.
/// The subscription ends with `cancel()`, with the bus, or when the last reference to it goes.
package final class Subscription: Sendable, AsyncSequence {
    package typealias Element = Message

    let sink: SubscriptionSink
    private let id: UInt64
    private let monitor: ConnectionMonitor
    private let gate: DrainGate

    init(_ sink: SubscriptionSink, id: UInt64, monitor: ConnectionMonitor, gate: DrainGate) {
        (self.sink, self.id, self.monitor, self.gate) = (sink, id, monitor, gate)
    }

    deinit {
        cancel()
    }

    package var subject: String { sink.subject }

    /// Messages lost because they were not taken in time.
    package var dropped: Int { sink.dropped }

    /// Messages that have arrived and wait to be taken.
    package var held: Int { sink.channel.count }

    /// Ends the subscription; what has arrived is still received.
    package func cancel() {
        monitor.unregister(id)
        gate.remove(id)
        sink.finish()
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        // Keeps the subscription while it is iterated.
        let subscription: Subscription

        /// - Throws: `MessagingError`: `permissionDenied`, `closed`; `CancellationError`.
        package func next() async throws -> Message? {
            try await subscription.sink.channel.next()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(subscription: self)
    }
}
