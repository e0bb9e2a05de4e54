import Synchronization

/// Sending on a channel that has been finished.
package struct ChannelClosed: CodedError {
    package var code: String { "channel-closed" }
    package var message: String { "the receiving side has ended" }

    package init() {}
}

/// A queue of limited length between tasks: senders wait while it is full, the receiver while it is empty.
///
/// Any number of senders; one receiver at a time.
package final class BoundedChannel<Element: Sendable>: Sendable, AsyncSequence {
    private struct Sender {
        let id: UInt64
        let element: Element
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var buffer = Deque<Element>()
        var senders = Deque<Sender>()
        var receiver: (id: UInt64, continuation: CheckedContinuation<Element?, any Error>)?
        var end: Result<Void, any Error>?
        var nextID: UInt64 = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: elements held before senders wait; at least 1.
    package init(capacity: Int) {
        self.capacity = Swift.max(1, capacity)
    }

    /// Elements held now.
    package var count: Int { state.withLock { $0.buffer.count } }

    /// Adds an element, waiting while the channel is full.
    /// - Throws: `ChannelClosed` once finished, `CancellationError` when cancelled while waiting.
    package func send(_ element: Element) async throws {
        if try offer(element) { return }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.end != nil { return .failure(ChannelClosed()) }
                    if state.buffer.count < capacity && state.receiver == nil {
                        state.buffer.append(element)
                        return .success(())
                    }
                    if let receiver = state.receiver {
                        state.receiver = nil
                        receiver.continuation.resume(returning: element)
                        return .success(())
                    }
                    state.senders.append(Sender(id: id, element: element, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let sender = state.withLock { state in state.senders.removeFirst(where: { $0.id == id }) }
            sender?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Adds an element without waiting; callable from any thread.
    /// - Returns: false when the channel is full or finished.
    package func trySend(_ element: Element) -> Bool {
        (try? offer(element)) ?? false
    }

    private func offer(_ element: Element) throws -> Bool {
        let (accepted, receiver): (Bool, CheckedContinuation<Element?, any Error>?) = try state.withLock { state in
            if state.end != nil { throw ChannelClosed() }
            if let receiver = state.receiver {
                state.receiver = nil
                return (true, receiver.continuation)
            }
            guard state.buffer.count < capacity else { return (false, nil) }
            state.buffer.append(element)
            return (true, nil)
        }
        receiver?.resume(returning: element)
        return accepted
    }

    /// Ends the channel: held elements are still received, then the end or the error.
    package func finish(throwing error: (any Error)? = nil) {
        let (receiver, senders) = state.withLock { state -> (CheckedContinuation<Element?, any Error>?, [Sender]) in
            guard state.end == nil else { return (nil, []) }
            state.end = error.map { .failure($0) } ?? .success(())
            defer {
                state.receiver = nil
                state.senders = Deque()
            }
            return (state.receiver?.continuation, state.senders.all)
        }
        receiver?.resume(with: error.map { .failure($0) } ?? .success(nil))
        for sender in senders { sender.continuation.resume(throwing: ChannelClosed()) }
    }

    /// The next element, waiting while the channel is empty.
    /// - Returns: `nil` after the end.
    /// - Throws: the error given to `finish`, or `CancellationError`.
    package func next() async throws -> Element? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                var admitted: CheckedContinuation<Void, any Error>?
                let outcome: Result<Element?, any Error>? = state.withLock { state in
                    if let element = state.buffer.popFirst() {
                        if let sender = state.senders.popFirst() {
                            state.buffer.append(sender.element)
                            admitted = sender.continuation
                        }
                        return .success(element)
                    }
                    if let end = state.end { return end.map { nil } }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.receiver = (id, continuation)
                    return nil
                }
                admitted?.resume()
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let receiver = state.withLock { state -> CheckedContinuation<Element?, any Error>? in
                guard let receiver = state.receiver, receiver.id == id else { return nil }
                state.receiver = nil
                return receiver.continuation
            }
            receiver?.resume(throwing: CancellationError())
        }
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let channel: BoundedChannel

        package func next() async throws -> Element? {
            try await channel.next()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(channel: self)
    }
}
