import Primitives

/// A request's body between the socket and the handler: holds little, and stops the reading when that is not taken.
// Safe to share: touched only on the loop's thread, which `next` sees to.
final class IncomingBody: @unchecked Sendable {
    private static let capacity = 64 << 10

    private let loop: EventLoop
    private weak var connection: Connection?
    private var held = Bytes()
    private var end: Result<Bytes?, any Error>?
    private var waiters: [Waiter<Bytes?>] = []

    init(connection: Connection) {
        loop = connection.loop
        self.connection = connection
    }

    var hasRoom: Bool { held.count < Self.capacity && end == nil }
    /// False once nobody will read what comes.
    var isWanted: Bool { end == nil }

    /// What has come since the last time, `nil` after the end. Callable from any thread.
    func next() async throws -> Bytes? {
        if loop.isCurrent, let ready = take() { return try ready.get() }
        return try await loop.wait { waiter in
            if let ready = self.take() { return waiter.settle(ready) }
            self.waiters.append(waiter)
            self.connection?.bodyIsAwaited()
        }
    }

    /// The whole body, when it has come already and the caller is on the loop.
    func takeWhole() -> Bytes? {
        guard loop.isCurrent, case .success = end else { return nil }
        defer { held = [] }
        return held
    }

    private func take() -> Result<Bytes?, any Error>? {
        guard !held.isEmpty else { return end }
        let piece = held
        held = []
        if end == nil { connection?.resumeReading() }
        return .success(piece)
    }

    private func nextWaiter() -> Waiter<Bytes?>? {
        while !waiters.isEmpty {
            let waiter = waiters.removeFirst()
            if !waiter.isSettled { return waiter }
        }
        return nil
    }

    func append(_ piece: Bytes) {
        guard end == nil else { return }
        if let waiter = nextWaiter() { return waiter.settle(.success(piece)) }
        if held.isEmpty { held = piece } else { held.append(contentsOf: piece) }
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
