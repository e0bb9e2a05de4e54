import Glibc
import Primitives
import Synchronization
import TestSupport

/// A real TCP server on the loopback that does to each connection exactly what a test says, byte by byte: the faults a proper
/// server never shows. One thread per connection.
final class ScriptedServer: Sendable {
    let port: Int
    private let host: String
    private let listener: Int32
    private let isStopped = Atomic(false)
    private let accepted = Atomic(0)
    private let requests = Mutex<[RawRequest]>([])

    /// - Parameters:
    ///   - host: a loopback address.
    ///   - script: what happens on a connection; when it returns or throws, the connection is closed.
    init(host: String = "127.0.0.1", _ script: @escaping @Sendable (Connection) throws -> Void) throws {
        self.host = host
        (listener, port) = try Loopback.listen(on: host)
        startThread(name: "scripted") { [self] in
            // Only the thread that accepts may close the listener: its number is given to the next socket, whose clients would
            // come here.
            defer { close(listener) }
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    if isStopped.load(ordering: .acquiring) { return }
                    continue
                }
                accepted.add(1, ordering: .relaxed)
                startThread(name: "connection") {
                    let connection = Connection(descriptor: descriptor) { request in self.requests.withLock { $0.append(request) } }
                    defer { connection.close() }
                    do { try script(connection) } catch {}  // The client left: the script's end.
                }
            }
        }
    }

    /// Answers every request of every connection with what `respond` makes of it.
    static func answering(_ respond: @escaping @Sendable (RawRequest) -> String) throws -> ScriptedServer {
        try ScriptedServer { connection in
            while let request = try connection.readRequest() {
                try connection.readBody(of: request)
                try connection.write(respond(request))
            }
        }
    }

    /// Stops accepting; connections end with their scripts.
    func stop() {
        if !isStopped.exchange(true, ordering: .releasing) { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    var url: String { "http://\(host):\(port)" }
    var connectionCount: Int { accepted.load(ordering: .relaxed) }
    var seen: [RawRequest] { requests.withLock { $0 } }
}

/// A request as it came over the wire.
struct RawRequest: Sendable {
    let method: String
    let path: String
    let headers: [String: String]
}
