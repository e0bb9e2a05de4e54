import CLinux
import Glibc
import Primitives
import Synchronization

/// An HTTP/1.1 server on epoll: one loop for each processor, handlers running on the loop of their connection.
///
/// Handlers that compute for long or call what waits go elsewhere for that (`BlockingThreads`, an actor with its own
/// executor), since the other connections of the loop wait meanwhile.
package final class HTTPServer: Sendable {
    private enum State {
        case new
        case running([Worker], port: Int)
        case drained([Worker], port: Int)
    }

    private let context: ServerContext
    private let state = Mutex(State.new)

    package init(configuration: HTTPServerConfiguration = HTTPServerConfiguration(), router: Router) {
        context = ServerContext(configuration, router)
    }

    /// Listens and begins to serve.
    /// - Throws: `HTTPServerError` when the address is not free or not ours, or when it has been started before.
    package func start() throws(HTTPServerError) {
        // Stands while the server starts, so that a second start fails.
        let isNew = state.withLock { state in
            guard case .new = state else { return false }
            state = .drained([], port: 0)
            return true
        }
        guard isNew else { throw .alreadyStarted }
        let configuration = context.configuration
        if configuration.port != 0 {
            // Sockets that share a port would also share it with another process of this user: ask for it alone first.
            close(try SocketAddress.listen(host: configuration.host, port: configuration.port, shared: false).descriptor)
        }
        var (workers, descriptors, port): ([Worker], [Int32], Int) = ([], [], configuration.port)
        do throws(HTTPServerError) {
            for index in 0..<max(1, configuration.eventLoops) {
                let socket = try SocketAddress.listen(host: configuration.host, port: port, shared: true)
                port = socket.port
                descriptors.append(socket.descriptor)
                workers.append(try Worker(index: index, context: context))
            }
        } catch {
            for descriptor in descriptors { close(descriptor) }
            throw error
        }
        for (worker, descriptor) in zip(workers, descriptors) { worker.start(listeningOn: descriptor) }
        state.withLock { $0 = .running(workers, port: port) }
    }

    /// Where the server listens; 0 before it is started.
    package var port: Int {
        state.withLock { state in
            switch state {
            case .new: 0
            case .running(_, let port), .drained(_, let port): port
            }
        }
    }

    package var statistics: HTTPServerStatistics {
        var total = HTTPServerStatistics()
        for worker in workers { worker.counters.add(to: &total) }
        return total
    }

    private var workers: [Worker] {
        state.withLock { state in
            switch state {
            case .new: []
            case .running(let workers, _), .drained(let workers, _): workers
            }
        }
    }

    /// Stops accepting, answers every request that has arrived, ends event streams and WebSockets, and returns when all
    /// connections are closed: by themselves, or by force when the configured time has passed. May be called again.
    package func drain() async {
        let workers = state.withLock { state -> [Worker] in
            switch state {
            case .new:
                state = .drained([], port: 0)
                return []
            case .running(let workers, let port):
                state = .drained(workers, port: port)
                return workers
            case .drained(let workers, _):
                return workers
            }
        }
        do {
            try await withDeadline(context.configuration.drainTimeout) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in workers { group.addTask { try await worker.drain() } }
                    try await group.waitForAll()
                }
            }
        } catch {
            ServerContext.log.warning(
                "connections are closed before their requests ended", ["open": .integer(Int64(statistics.openConnections))])
            for worker in workers { worker.abortConnections() }
        }
        for worker in workers { worker.loop.stop() }
    }

    deinit {
        for worker in workers {
            worker.abandon()
        }
    }
}
