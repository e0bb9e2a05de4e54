import Glibc
import Primitives
import Synchronization

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
        (listener, port) = try Self.listen(on: host)
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

    static func listen(on host: String, backlog: Int32 = 64) throws -> (descriptor: Int32, port: Int) {
        let (descriptor, port) = try bound(to: host)
        guard Glibc.listen(descriptor, backlog) == 0 else { throw SocketFailure(errno: errno) }
        return (descriptor, port)
    }

    static func bound(to host: String) throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = address(host, port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw SocketFailure(errno: errno) }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func address(_ host: String, port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(host)
        address.sin_port = UInt16(port).bigEndian
        return address
    }
}

struct SocketFailure: Error {
    let errno: Int32
}

/// A request as it came over the wire.
struct RawRequest: Sendable {
    let method: String
    let path: String
    let headers: [String: String]
}
