import Primitives
import Synchronization

/// What waits to be handed to libnats, in order.
///
/// A call of libnats may wait: for the socket when the server is slow, for the connection's lock while it is made again. So
/// callers leave their messages here and one thread of the bus makes the calls.
final class OutboundQueue: Sendable {
    enum Item: Sendable {
        /// - Parameter onFailure: called on the sending thread when libnats does not take the message.
        case publish(OutgoingMessage, onFailure: (@Sendable (MessagingError) -> Void)?)
        case call(@Sendable (ConnectionHandle) -> Void)
    }

    private struct State {
        var items: [Item] = []
        var waitingBytes = 0
        var bytesInWork = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let signal = Signal()
    private let byteLimit: Int

    /// - Parameter limit: what the waiting messages may take in memory.
    init(limit: ByteSize) {
        byteLimit = Int(limit.bytes)
    }

    /// Adds a message.
    /// - Throws: `outboundFull`, `closed`.
    func publish(_ message: OutgoingMessage, onFailure: (@Sendable (MessagingError) -> Void)? = nil) throws(MessagingError) {
        let size = message.size
        let refusal: MessagingError? = state.withLock { state in
            if state.isClosed { return .ended }
            if state.waitingBytes + state.bytesInWork + size > byteLimit { return .outboundFull }
            state.waitingBytes += size
            append(.publish(message, onFailure: onFailure), to: &state)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Adds a call of libnats that follows what was added before.
    /// - Returns: false when the queue is closed.
    func call(_ body: @escaping @Sendable (ConnectionHandle) -> Void) -> Bool {
        state.withLock { state in
            if state.isClosed { return false }
            append(.call(body), to: &state)
            return true
        }
    }

    private func append(_ item: Item, to state: inout State) {
        let wasEmpty = state.items.isEmpty
        state.items.append(item)
        if wasEmpty { signal.raise() }
    }

    /// Blocks the calling thread until there is work; what was taken before counts as done.
    /// - Returns: everything that waits, or `nil` when the queue is closed and empty.
    func take() -> [Item]? {
        while true {
            let (items, isClosed) = state.withLock { state in
                let items = state.items
                state.items = []
                state.bytesInWork = state.waitingBytes
                state.waitingBytes = 0
                return (items, state.isClosed)
            }
            if !items.isEmpty { return items }
            if isClosed { return nil }
            signal.wait()
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        signal.raise()
    }
}
