import CNATS
import Primitives

// What libnats calls, on its own threads. These copy and enqueue, nothing more.

/// A connection's closure: lives until libnats says the connection is closed.
func connectionDisconnected(_: OpaquePointer?, _ closure: UnsafeMutableRawPointer?) {
    monitor(closure)?.disconnected()
}

func connectionReconnected(_ connection: OpaquePointer?, _ closure: UnsafeMutableRawPointer?) {
    monitor(closure)?.reconnected(maximumPayload: Int(natsConnection_GetMaxPayload(connection)))
}

/// The last callback of a connection: libnats runs them in order on one thread.
func connectionClosed(_: OpaquePointer?, _ closure: UnsafeMutableRawPointer?) {
    guard let closure else { return }
    Unmanaged<ConnectionMonitor>.fromOpaque(closure).takeRetainedValue().closed()
}

func connectionFailed(
    _: OpaquePointer?, _ subscription: OpaquePointer?, _ status: natsStatus, _ closure: UnsafeMutableRawPointer?
) {
    // libnats sets the thread's last error to the server's words before it calls.
    let text = nats_GetLastError(nil).map { String(cString: $0) } ?? ""
    guard status == NATS_SLOW_CONSUMER, let subscription else {
        monitor(closure)?.failed(status, text: text)
        return
    }
    var dropped: Int64 = 0
    natsSubscription_GetDropped(subscription, &dropped)
    let subject = natsSubscription_GetSubject(subscription).map { String(cString: $0) }
    monitor(closure)?.slow(subject ?? "", dropped: Int(dropped))
}

private func monitor(_ closure: UnsafeMutableRawPointer?) -> ConnectionMonitor? {
    closure.map { Unmanaged<ConnectionMonitor>.fromOpaque($0).takeUnretainedValue() }
}

/// What a subscription's callbacks need; lives until libnats says the subscription is complete.
final class SubscriptionContext: Sendable {
    let receive: @Sendable (Message) -> Void
    let complete: @Sendable () -> Void

    init(receive: @escaping @Sendable (Message) -> Void, complete: @escaping @Sendable () -> Void) {
        (self.receive, self.complete) = (receive, complete)
    }
}

func messageArrived(_: OpaquePointer?, _: OpaquePointer?, _ wire: OpaquePointer?, _ closure: UnsafeMutableRawPointer?) {
    guard let wire, let closure else { return }
    let message = Message(copying: wire)
    natsMsg_Destroy(wire)
    Unmanaged<SubscriptionContext>.fromOpaque(closure).takeUnretainedValue().receive(message)
}

func subscriptionCompleted(_ closure: UnsafeMutableRawPointer?) {
    guard let closure else { return }
    Unmanaged<SubscriptionContext>.fromOpaque(closure).takeRetainedValue().complete()
}
