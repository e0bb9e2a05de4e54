import FoundationEssentials
import Glibc
package import Primitives
import Synchronization

/// A real nats-server of one test: a random port on 127.0.0.1 and a JetStream store of its own, which survive `kill()` and
/// `restart()` and are removed at the end.
package final class NATSServer: Sendable {
    package struct Failure: CodedError {
        package let message: String
        package var code: String { "nats-server-failed" }
    }

    private struct State {
        var process: pid_t?
    }

    private static let patience = Duration.seconds(15)
    private let folder: TemporaryFolder
    private let reserved: ReservedPort
    private let binary: String
    private let state = Mutex(State())

    /// Starts a server and waits until it takes connections.
    /// - Parameters:
    ///   - settings: lines added to the configuration, for example an `authorization` block.
    ///   - maximumStore: what its streams may hold.
    /// - Throws: `Failure` with the end of the server's log.
    package static func start(_ settings: String = "", maximumStore: ByteSize = .mib(256)) async throws -> NATSServer {
        let server = try NATSServer(settings, maximumStore: maximumStore)
        try await server.launch()
        return server
    }

    private init(_ settings: String, maximumStore: ByteSize) throws {
        folder = try TemporaryFolder("avstudio-nats")
        reserved = try ReservedPort()
        binary = try Self.findBinary()
        try Bytes(Self.configuration(folder.path, maximumStore, settings).utf8).write(to: folder.appending("nats.conf"))
    }

    deinit {
        if let process = state.withLock({ $0.process.take() }) { Self.end(process, with: SIGKILL) }
    }

    private static func configuration(_ folder: String, _ maximumStore: ByteSize, _ settings: String) -> String {
        """
        jetstream {
            store_dir: "\(folder)/store"
            sync_interval: always
            max_file_store: \(maximumStore.bytes)
            max_memory_store: 67108864
        }
        log_file: "\(folder)/nats.log"
        \(settings)
        """
    }

    /// What a client connects to.
    package var url: String { "nats://127.0.0.1:\(port)" }
    package var port: Int { reserved.number }
    package var processID: Int32? { state.withLock { $0.process } }
    /// Where the streams are kept.
    package var storeFolder: String { folder.appending("store") }

    /// Ends the server as a power switch would; its store remains.
    package func kill() {
        if let process = state.withLock({ $0.process.take() }) { Self.end(process, with: SIGKILL) }
    }

    /// Ends the server in good order; its store remains.
    package func stop() {
        if let process = state.withLock({ $0.process.take() }) { Self.end(process, with: SIGTERM) }
    }

    /// Stops the server from doing anything, connections included, without ending it.
    package func freeze() {
        guard let process = processID else { return }
        Glibc.kill(process, SIGSTOP)
        // Its threads stop one by one: until the last has, it may still answer.
        var status: Int32 = 0
        while waitpid(process, &status, WUNTRACED) == -1 && errno == EINTR {}
    }

    package func thaw() { _ = processID.map { Glibc.kill($0, SIGCONT) } }

    /// Starts the server again on the same port and store.
    package func restart() async throws {
        stop()
        try await launch()
    }

    private static func end(_ process: pid_t, with signal: Int32) {
        Glibc.kill(process, signal)
        if signal != SIGKILL { Glibc.kill(process, SIGCONT) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    }

    private func launch() async throws {
        let arguments = [
            binary, "-c", folder.appending("nats.conf"), "-a", "127.0.0.1", "-p", "\(port)",
        ]
        let process = try ProcessSpawn(arguments).start()
        state.withLock { $0.process = process }
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            if Self.answers(port) { return }
            var status: Int32 = 0
            guard waitpid(process, &status, WNOHANG) == 0 else {
                state.withLock { $0.process = nil }
                throw Failure(message: "nats-server ended at its start: \(logTail)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Failure(message: "nats-server does not answer: \(logTail)")
    }

    private var logTail: String {
        guard let log = try? Bytes(contentsOf: folder.appending("nats.log")) else { return "it wrote no log" }
        return String(decoding: log.suffix(2000), as: UTF8.self)
    }

    /// Whether the server greets a connection.
    private static func answers(_ port: Int) -> Bool {
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        let connected = try? Loopback.connect(to: port) {
            setsockopt($0, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard let descriptor = connected else { return false }
        defer { close(descriptor) }
        var greeting = Bytes(repeating: 0, count: 4)
        return recv(descriptor, &greeting, 4, 0) == 4 && greeting == Bytes("INFO".utf8)
    }

    /// The environment's AVSTUDIO_NATS_SERVER, else the project's own copy, else the search path.
    private static func findBinary() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["AVSTUDIO_NATS_SERVER"] { return path }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        var candidates = [package.path + "/var/tools/bin/nats-server"]
        candidates += (environment["PATH"] ?? "").split(separator: ":").map { $0 + "/nats-server" }
        guard let found = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw Failure(message: "no nats-server found: set AVSTUDIO_NATS_SERVER, or run deploy/run once")
        }
        return found
    }
}

extension Bytes {
    fileprivate init(contentsOf path: String) throws {
        self = Bytes(try Data(contentsOf: URL(filePath: path)))
    }

    fileprivate func write(to path: String) throws {
        try Data(self).write(to: URL(filePath: path))
    }
}
