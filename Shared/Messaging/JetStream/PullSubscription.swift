import Primitives
import Synchronization

/// A pull inbox and its subscription.
final class PullSubscription: Sendable {
    let inbox: PullInbox
    private let handle = Mutex<SubscriptionHandle?>(nil)

    /// Subscribes in the order of what is sent, so that the request that follows finds it.
    /// - Parameter onComplete: called when nothing more can arrive.
    init(outbound: OutboundQueue, onComplete: @escaping @Sendable (ObjectIdentifier) -> Void) {
        let inbox = PullInbox(outbound: outbound)
        self.inbox = inbox
        let id = ObjectIdentifier(self)
        let context = SubscriptionContext(receive: { inbox.receive($0) }, complete: { onComplete(id) })
        // When the queue is closed the request that follows says so.
        _ = outbound.call { [weak self] connection in
            do throws(MessagingError) {
                let handle = try SubscriptionHandle(
                    connection, subject: inbox.wildcard, queue: nil, pending: 1 << 16, outbound: outbound, context: context)
                self?.handle.withLock { $0 = handle }
            } catch {
                Log("messaging").warning("a pull inbox could not be made", ["error": .string("\(error)")])
            }
        }
    }

    /// Takes no more and lets what has arrived be given back, at most until the deadline. Does not wait for it.
    func beginDrain(until deadline: MonotonicTime) {
        handle.withLock { $0 }?.beginDrain(until: deadline)
    }

    /// The same, waiting for it.
    func drain(until deadline: MonotonicTime) {
        handle.withLock { $0 }?.drain(until: deadline)
    }
}

/// The pull subscriptions of a connection: one for every fetch that waits at a time.
final class PullSubscriptions: Sendable {
    private struct State {
        var idle: [PullSubscription] = []
        /// Serving a request, or draining after it.
        var busy: [ObjectIdentifier: PullSubscription] = [:]
    }

    /// How long what is on its way to an abandoned request is waited for.
    private static let drainLimit = Duration.seconds(2)
    private let outbound: OutboundQueue
    private let state = Mutex(State())

    init(outbound: OutboundQueue) {
        self.outbound = outbound
    }

    var all: [PullSubscription] { state.withLock { $0.idle + $0.busy.values } }

    /// A subscription for one request; to be followed by `keep` or `retire`.
    func lease() -> PullSubscription {
        let subscription =
            state.withLock { $0.idle.popLast() }
            ?? PullSubscription(outbound: outbound) { [weak self] in self?.remove($0) }
        state.withLock { $0.busy[ObjectIdentifier(subscription)] = subscription }
        return subscription
    }

    /// The server has ended the request: the subscription can serve another.
    func keep(_ subscription: PullSubscription) {
        state.withLock { state in
            state.busy[ObjectIdentifier(subscription)] = nil
            state.idle.append(subscription)
        }
    }

    /// The server still has the request. It gives nothing to one that nobody listens for; what is on its way is given back.
    func retire(_ subscription: PullSubscription) {
        let deadline = MonotonicTime.after(Self.drainLimit)
        // When the queue is closed, the connection ends with all its subscriptions.
        if !outbound.call({ _ in subscription.beginDrain(until: deadline) }) { remove(ObjectIdentifier(subscription)) }
    }

    private func remove(_ id: ObjectIdentifier) {
        let removed = state.withLock { state in
            state.idle.removeAll { ObjectIdentifier($0) == id }
            return state.busy.removeValue(forKey: id)
        }
        // Its handle goes here, outside the lock.
        withExtendedLifetime(removed) {}
    }
}
