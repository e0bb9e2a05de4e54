import Contracts
import Glibc
import Primitives
import Synchronization

/// The door of a process without network to its one peer: a socket in its folder, behind which the worker connects to that peer,
/// and to no other. Each connection begins with a line that says whether it stands: empty, or the problem as JSON.
final class PeerDoor: Sendable {
    /// The socket's name in the output folder.
    static let name = ".peer"

    private struct State {
        var isClosed = false
        /// Sockets of connections that stand.
        var open: Set<Int32> = []
    }

    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: the output folder.
    ///   - dial: connects to the peer; may block.
    /// - Throws: `JobProblem` when there can be no socket.
    init(in folder: String, dial: @escaping @Sendable () throws -> Int32) throws(JobProblem) {
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // Paths of sockets are short; the folder's may be long.
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if directory >= 0 { Glibc.close(directory) } }
        guard listener >= 0, directory >= 0,
            UnixAddress.with("/proc/self/fd/\(directory)/\(Self.name)", { bind(listener, $0, $1) }) == 0, listen(listener, 4) == 0
        else {
            if listener >= 0 { Glibc.close(listener) }
            throw JobProblem(
                code: "scratch-unwritable", message: "a job's socket can not be made: error \(errno)", isRetriable: true)
        }
        startThread(name: "peer-door") { [self] in
            defer { Glibc.close(listener) }
            while true {
                let socket = accept(listener, nil, nil)
                if state.withLock({ $0.isClosed }) {
                    if socket >= 0 { Glibc.close(socket) }
                    return
                }
                guard socket >= 0 else { continue }
                startThread(name: "peer") { self.serve(socket, dial) }
            }
        }
    }

    /// Ends all connections; the process has ended.
    func close() {
        let open = state.withLock { state in
            state.isClosed = true
            return state.open
        }
        for socket in open { shutdown(socket, Int32(SHUT_RDWR)) }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ socket: Int32, _ dial: () throws -> Int32) {
        defer { Glibc.close(socket) }
        let peer: Int32
        do {
            peer = try dial()
        } catch {
            let problem = (error as? any CodedError).map(JobProblem.init)
            let told = problem ?? JobProblem(code: "peer-unreachable", message: "\(error)", isRetriable: true)
            _ = SocketRelay.send(((try? JSON.encode(told)) ?? []) + [10], to: socket)
            return
        }
        defer { Glibc.close(peer) }
        guard enter(socket), SocketRelay.send([10], to: socket) else { return }
        SocketRelay.run(socket, peer)
        state.withLock { _ = $0.open.remove(socket) }
    }

    private func enter(_ socket: Int32) -> Bool {
        state.withLock { state in
            if !state.isClosed { state.open.insert(socket) }
            return !state.isClosed
        }
    }
}

/// Addresses of sockets in the file system.
enum UnixAddress {
    /// - Returns: what `body` returns; -1 for a path that is too long.
    static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return -1 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
