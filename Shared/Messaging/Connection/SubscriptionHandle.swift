import CNATS
import Primitives

/// A `natsSubscription`.
// libnats locks every call on a subscription and keeps the object until it is destroyed, which happens once, in `deinit`.
final class SubscriptionHandle: @unchecked Sendable {
    /// Bytes libnats may hold for one subscription before it drops.
    private static let pendingBytes: Int32 = 64 << 20

    private let pointer: OpaquePointer
    private let outbound: OutboundQueue

    /// Subscribes; may wait.
    /// - Parameters:
    ///   - queue: members of one queue share the messages; `nil` for every message.
    ///   - pending: messages libnats may hold before it drops.
    ///   - context: told what arrives, until it is told that nothing more will.
    /// - Throws: the failed call's error.
    init(
        _ connection: ConnectionHandle, subject: String, queue: String?, pending: Int, outbound: OutboundQueue,
        context: SubscriptionContext
    ) throws(MessagingError) {
        let closure = Unmanaged.passRetained(context)
        var subscription: OpaquePointer?
        let status =
            if let queue {
                natsConnection_QueueSubscribe(
                    &subscription, connection.pointer, subject, queue, messageArrived, closure.toOpaque())
            } else {
                natsConnection_Subscribe(&subscription, connection.pointer, subject, messageArrived, closure.toOpaque())
            }
        guard status == NATS_OK, let subscription else {
            closure.release()
            throw MessagingError(status, subject: subject)
        }
        (pointer, self.outbound) = (subscription, outbound)
        // When the connection is closed at this very moment the call fails and a message may still be on its way to the
        // closure, so that it can not be released: rather a few bytes lost than a crash.
        let completion = natsSubscription_SetOnCompleteCB(subscription, subscriptionCompleted, closure.toOpaque())
        guard completion == NATS_OK else { throw .ended }
        natsSubscription_SetPendingLimits(subscription, Int32(clamping: max(pending, 1024)), Self.pendingBytes)
    }

    deinit {
        nonisolated(unsafe) let pointer = pointer
        // Ends the subscription when nothing else has; on the sending thread, as it may wait.
        if !outbound.call({ _ in natsSubscription_Destroy(pointer) }) {
            startThread(name: "nats-close") { natsSubscription_Destroy(pointer) }
        }
    }

    /// Asks the server for no more and lets what has arrived be delivered, at most until the deadline; then comes completion.
    func beginDrain(until deadline: MonotonicTime) {
        natsSubscription_DrainTimeout(pointer, deadline.millisecondsLeft)
    }

    /// The same, waiting for it.
    func drain(until deadline: MonotonicTime) {
        guard natsSubscription_DrainTimeout(pointer, deadline.millisecondsLeft) == NATS_OK else { return }
        natsSubscription_WaitForDrainCompletion(pointer, deadline.millisecondsLeft)
    }
}
