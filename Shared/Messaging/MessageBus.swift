import CNATS
import Primitives

/// A connection to nats-server: publish, subscribe, ask and answer, and JetStream's streams, queues and buckets.
///
/// It is made again for ever when it is lost. Meanwhile what is published waits in memory, up to `outboundLimit`; what had been
/// asked fails with `disconnected`, since the answer may be lost. No call waits on the cooperative pool: libnats is called from
/// threads of the bus and calls back into queues.
package final class MessageBus: Sendable {
    let configuration: MessagingConfiguration
    let connection: ConnectionHandle
    let monitor: ConnectionMonitor
    let inbox: ReplyInbox
    let outbound: OutboundQueue
    /// Calls of libnats that wait for the server.
    let waiting: BlockingThreads
    let drainGate = DrainGate()
    let pulls: PullSubscriptions
    /// Keeps the inbox's subscription.
    private let replies: SubscriptionHandle

    /// Connects to the first server that answers.
    /// - Throws: `connectFailed`, `authenticationFailed`; `library` for a setting that libnats refuses.
    package static func connect(_ configuration: MessagingConfiguration) async throws(MessagingError) -> MessageBus {
        let waiting = BlockingThreads(name: "nats-wait", count: 2)
        do {
            return try await waiting.run { try MessageBus(connecting: configuration, waiting: waiting) }
        } catch {
            waiting.stop()
            throw error as? MessagingError ?? .connectFailed(status: NATS_ERR.rawValue, reason: "\(error)")
        }
    }

    private init(connecting configuration: MessagingConfiguration, waiting: BlockingThreads) throws(MessagingError) {
        let inbox = ReplyInbox(name: Identifier.make("avs"))
        let monitor = ConnectionMonitor(inbox: inbox)
        let connection = try ConnectionOptions.make(configuration).connect(monitor: monitor)
        let outbound = OutboundQueue(limit: configuration.outboundLimit)
        let context = SubscriptionContext(receive: { inbox.deliver($0) }, complete: {})
        do {
            replies = try SubscriptionHandle(
                connection, subject: inbox.wildcard, queue: nil, pending: 1 << 16, outbound: outbound, context: context)
        } catch {
            inbox.close()
            throw error
        }
        (self.configuration, self.waiting, self.inbox, self.monitor) = (configuration, waiting, inbox, monitor)
        (self.connection, self.outbound, pulls) = (connection, outbound, PullSubscriptions(outbound: outbound))
        startThread(name: "nats-send") {
            while let items = outbound.take() {
                for item in items { Self.perform(item, on: connection, monitor: monitor) }
            }
        }
    }

    deinit {
        inbox.close()
        outbound.close()
        waiting.stop()
    }

    private static func perform(_ item: OutboundQueue.Item, on connection: ConnectionHandle, monitor: ConnectionMonitor) {
        switch item {
        case .publish(let message, let onFailure):
            let status = connection.publish(message)
            guard status != NATS_OK else { return }
            let error = MessagingError(status, subject: message.subject)
            if let onFailure { onFailure(error) } else { monitor.publishFailed(message.subject, error) }
        case .call(let body):
            body(connection)
        }
    }

    /// Whether messages can flow now.
    package var state: ConnectionState { monitor.connection }

    package var isConnected: Bool { state == .connected }

    /// What happens to the connection from now on; an observer that is slow loses the oldest events.
    package func events() -> AsyncStream<ConnectionEvent> { monitor.observe() }

    /// Waits until the server has seen everything published before.
    /// - Parameter timeout: the longest wait; the request timeout when `nil`.
    /// - Throws: `timeout`, `disconnected`, `closed`.
    package func flush(timeout: Duration? = nil) async throws(MessagingError) {
        let timeout = timeout ?? configuration.requestTimeout
        let (connection, waiting, outbound) = (connection, waiting, outbound)
        let status: natsStatus
        do {
            status = try await waiting.run { () throws -> natsStatus in
                let sent = Signal()
                guard outbound.call({ _ in sent.raise() }) else { return NATS_CONNECTION_CLOSED }
                let deadline = MonotonicTime.after(timeout)
                sent.wait(until: deadline)
                return natsConnection_FlushTimeout(connection.pointer, deadline.millisecondsLeft)
            }
        } catch {
            throw .ended
        }
        guard status == NATS_OK else { throw MessagingError(status, subject: "flush") }
    }
}
