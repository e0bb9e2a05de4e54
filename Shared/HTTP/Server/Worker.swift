import CLinux
import Glibc
import HTTP
import Primitives
import Synchronization

/// One loop with its share of the server's connections.
// Safe to share: all but the constants is touched only on the loop's thread.
final class Worker: @unchecked Sendable {
    /// Refused connections that may be told so at the same time; beyond them the socket is closed at once.
    private static let refusalsAtOnce = 128

    let loop: EventLoop
    let context: ServerContext
    let counters = LoopCounters()
    private var listener: Listener?
    private(set) var isDraining = false
    private var connectionCount = 0
    private var drainWaiters: [Waiter<Void>] = []

    /// - Throws: `HTTPServerError`.
    init(index: Int, context: ServerContext) throws(HTTPServerError) {
        self.context = context
        loop = try EventLoop(name: "http-\(index)")
    }

    /// - Parameter descriptor: a listening socket, which belongs to the worker from now on.
    func start(listeningOn descriptor: Int32) {
        loop.start()
        loop.post { self.listen(on: descriptor) }
    }

    private func listen(on descriptor: Int32) {
        let listener = Listener(descriptor: descriptor, loop: loop) { [unowned self] in accept($0, from: $1) }
        do {
            try loop.register(listener, Readiness.input)
            self.listener = listener
        } catch {
            close(descriptor)
            ServerContext.log.error("a loop does not listen", ["reason": .string(error.message)])
        }
    }

    private func accept(_ descriptor: Int32, from address: String) {
        let open = context.openConnections.add(1, ordering: .relaxed).newValue
        let limit = context.configuration.maximumConnections
        let connection = Connection(descriptor: descriptor, remoteAddress: address, worker: self)
        _ = avs_set_socket_option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        do throws(HTTPServerError) {
            guard open <= limit + Self.refusalsAtOnce else { throw .system(call: "accept", errno: EMFILE) }
            try loop.register(connection, Readiness.input | Readiness.peerEnd)
        } catch {
            context.openConnections.subtract(1, ordering: .relaxed)
            counters.refusedConnections.count()
            close(descriptor)
            return
        }
        connectionCount += 1
        counters.openConnections.count()
        if open <= limit {
            counters.acceptedConnections.count()
            connection.start()
        } else {
            counters.refusedConnections.count()
            connection.reject(
                Problem(
                    status: .serviceUnavailable, code: "too-many-connections",
                    "the server has too many connections; try again soon",
                    headers: ["Retry-After": "1"]))
        }
    }

    /// A connection's socket is closed.
    func connectionClosed() {
        connectionCount -= 1
        counters.openConnections.count(-1)
        context.openConnections.subtract(1, ordering: .relaxed)
        checkDrained()
    }

    /// A connection's task has ended.
    func serviceEnded() {
        checkDrained()
    }

    // MARK: Draining

    /// Stops accepting, and returns when the last connection and its handler have ended.
    /// - Throws: `CancellationError`.
    func drain() async throws {
        try await loop.wait { waiter in
            self.drainWaiters.append(waiter)
            self.beginDraining()
        }
    }

    private func beginDraining() {
        if !isDraining {
            isDraining = true
            listener?.close()
            listener = nil
            forEachConnection { $0.drain() }
        }
        checkDrained()
    }

    /// Ends all connections at once.
    func abortConnections() {
        loop.post { self.forEachConnection { $0.abort() } }
    }

    /// The server is gone without having been drained.
    func abandon() {
        loop.post {
            self.beginDraining()
            self.forEachConnection { $0.abort() }
        }
        loop.stop()
    }

    private func checkDrained() {
        guard isDraining, connectionCount == 0, loop.taskCount == 0 else { return }
        for waiter in drainWaiters { waiter.settle(.success(())) }
        drainWaiters = []
    }

    private func forEachConnection(_ body: (Connection) -> Void) {
        loop.forEachSource { if let connection = $0 as? Connection { body(connection) } }
    }
}
