import Primitives

/// A request's body between the socket and the handler: holds little, and stops the reading when that is not taken.
// Safe to share: touched only on the loop's thread, which `next` sees to.
final class IncomingBody: @unchecked Sendable {
    private static let capacity = 64 << 10

    private let loop: EventLoop
    private weak var connection: Connection?
    private var pieces = Deque<Bytes>()
    private var heldBytes = 0
    private var end: Result<Bytes?, any Error>?
    private var waiters = Deque<Waiter<Bytes?>>()

    init(connection: Connection) {
        loop = connection.loop
        self.connection = connection
    }

    var hasRoom: Bool { heldBytes < Self.capacity && end == nil }
    /// False once nobody will read what comes.
    var isWanted: Bool { end == nil }

    /// The next piece, `nil` after the last. Callable from any thread.
    func next() async throws -> Bytes? {
        if loop.isCurrent, let ready = take() { return try ready.get() }
        return try await loop.wait { waiter in
            if let ready = self.take() { return waiter.settle(ready) }
            self.waiters.append(waiter)
            self.connection?.bodyIsAwaited()
        }
    }

    private func take() -> Result<Bytes?, any Error>? {
        guard let piece = pieces.popFirst() else { return end }
        heldBytes -= piece.count
        if end == nil { connection?.resumeReading() }
        return .success(piece)
    }

    private func nextWaiter() -> Waiter<Bytes?>? {
        while let waiter = waiters.popFirst() {
            if !waiter.isSettled { return waiter }
        }
        return nil
    }

    func append(_ piece: Bytes) {
        guard end == nil else { return }
        if let waiter = nextWaiter() { return waiter.settle(.success(piece)) }
        pieces.append(piece)
        heldBytes += piece.count
    }

    func finish() { finish(.success(nil)) }

    /// What has arrived is still read before the error.
    func fail(_ error: any Error) { finish(.failure(error)) }

    private func finish(_ outcome: Result<Bytes?, any Error>) {
        guard end == nil else { return }
        end = outcome
        while let waiter = nextWaiter() { waiter.settle(outcome) }
    }

    /// The request is answered; who still reads is told that nothing comes.
    func detach() {
        connection = nil
        fail(ClientDisconnected())
    }
}
