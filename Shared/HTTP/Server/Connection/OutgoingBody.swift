import HTTP
import Primitives

/// A streamed response body between the handler and the socket: makes the handler wait while the client does not keep up.
// Safe to share: touched only on the loop's thread, which `write` sees to.
final class OutgoingBody: @unchecked Sendable {
    /// More than this in memory makes writers wait.
    private static let capacity = 64 << 10
    private static let comment = Bytes(": keep-alive\n\n".utf8)

    private let loop: EventLoop
    private weak var connection: Connection?
    private let framing: ResponsePlan.Framing
    let isEventStream: Bool
    private var written: Int64 = 0
    private var failure: (any Error)?
    private var waiters = Deque<Waiter<Void>>()

    init(connection: Connection, framing: ResponsePlan.Framing, isEventStream: Bool) {
        loop = connection.loop
        self.connection = connection
        self.framing = framing
        self.isEventStream = isEventStream
    }

    /// Sends bytes, waiting for room. Callable from any thread.
    func write(_ bytes: Bytes) async throws {
        if loop.isCurrent {
            if try accept(bytes) { return }
            return try await loop.wait { self.waitForRoom($0) }
        }
        try await loop.wait { waiter in
            do {
                if try self.accept(bytes) { waiter.settle(.success(())) } else { self.waitForRoom(waiter) }
            } catch {
                waiter.settle(.failure(error))
            }
        }
    }

    /// - Returns: whether there is room for more.
    private func accept(_ bytes: Bytes) throws -> Bool {
        if let failure { throw failure }
        guard let connection else { throw ClientDisconnected() }
        guard !bytes.isEmpty else { return true }
        written += Int64(bytes.count)
        if case .length(let length) = framing, written > length { throw WrongBodyLength(announced: length) }
        send(bytes, on: connection)
        if isEventStream { connection.planHeartbeat() }
        return connection.output.heldBytes <= Self.capacity
    }

    private func send(_ bytes: Bytes, on connection: Connection) {
        if framing == .chunked { connection.sendChunk(bytes) } else { connection.send(bytes) }
    }

    private func waitForRoom(_ waiter: Waiter<Void>) {
        if let failure { return waiter.settle(.failure(failure)) }
        guard let connection, connection.output.heldBytes > Self.capacity else { return waiter.settle(.success(())) }
        waiters.append(waiter)
    }

    /// Some of the output has been taken by the socket.
    func outputShrank(to heldBytes: Int) {
        guard heldBytes <= Self.capacity / 2 else { return }
        while let waiter = waiters.popFirst() { waiter.settle(.success(())) }
    }

    /// A comment, which clients ignore, shows a proxy and the kernel that the stream lives.
    func heartbeat() {
        guard isEventStream, failure == nil, let connection else { return }
        if connection.output.isEmpty { send(Self.comment, on: connection) }
        connection.planHeartbeat()
    }

    func fail(_ error: any Error) {
        guard failure == nil else { return }
        failure = error
        while let waiter = waiters.popFirst() { waiter.settle(.failure(error)) }
    }

    /// Ends the body.
    /// - Throws: `WrongBodyLength` when less was written than announced.
    func finish() throws {
        if case .length(let length) = framing, written < length { throw WrongBodyLength(announced: length) }
        if framing == .chunked { connection?.send(ResponseEncoder.lastChunk) }
        detach()
    }

    func detach() {
        fail(ClientDisconnected())
        connection = nil
    }
}

/// A streamed body was not as long as its handler had announced.
struct WrongBodyLength: CodedError {
    let announced: Int64
    var code: String { "wrong-body-length" }
    var message: String { "the response was announced with \(announced) bytes and is not that long" }
}
