import CLinux
import Contracts
import Glibc
import Primitives

/// The door of a process without network to its peer: a socket in its folder, behind which the worker connects to that peer, and to
/// no other.
///
/// Each connection begins with a line that says whether it stands: empty, or the problem as JSON. One to the only server ends with
/// eight bytes: how many bytes of the process the peer's system has taken, big-endian. One to a server that the process names goes
/// on with SOCKS 5, and ends as that server's does.
final class PeerDoor: Sendable {
    /// The socket's name in the output folder.
    static let name = ".peer"
    /// Connections that stand at once; others are closed as they come.
    static let connections = 4
    /// The same where the process names its servers: pages, their parts and players come from several.
    static let namedConnections = 16

    private let listener: Int32
    private let target: Peer
    private let dial: @Sendable (PeerAddress) throws -> Int32
    /// The listener, and the process's side of each connection.
    private let doors: OpenSockets
    private let peers = OpenSockets()

    /// - Parameters:
    ///   - folder: the output folder.
    ///   - dial: connects to a server; may block.
    /// - Throws: `JobProblem` when there can be no socket.
    init(in folder: String, to target: Peer, dial: @escaping @Sendable (PeerAddress) throws -> Int32) throws(JobProblem) {
        (self.target, self.dial) = (target, dial)
        doors = OpenSockets(limit: (target == .anyNamed ? Self.namedConnections : Self.connections) + 1)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // Paths of sockets are short; the folder's may be long.
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if directory >= 0 { Glibc.close(directory) } }
        guard listener >= 0, directory >= 0,
            UnixAddress.with("/proc/self/fd/\(directory)/\(Self.name)", { bind(listener, $0, $1) }) == 0, listen(listener, 4) == 0
        else {
            let number = errno
            if listener >= 0 { Glibc.close(listener) }
            throw JobProblem(
                code: "scratch-unwritable", message: "a job's socket can not be made: error \(number)", isRetriable: true)
        }
        _ = doors.admit(listener)
        startThread(name: "peer-door") { [self] in
            defer { doors.close(listener) }
            doors.accept(from: listener) { socket in
                if doors.admit(socket) { startThread(name: "peer") { self.serve(socket) } }
            }
        }
    }

    /// Ends all connections; the process has ended.
    func close() {
        doors.end()
        peers.end()
    }

    private func serve(_ socket: Int32) {
        defer { doors.close(socket) }
        SocketRelay.prepare(socket)
        guard let peer = connect(socket), peers.admit(peer) else { return }
        defer { peers.close(peer) }
        SocketRelay.prepare(peer)
        if target == .anyNamed {
            guard SOCKS.accept(on: socket) else { return }
            var relay = SocketRelay(socket, peer, endsWithFirst: true)
            _ = relay.run()
            return
        }
        guard SocketRelay.send([10], to: socket) else { return }
        var relay = SocketRelay(socket, peer, endsWithFirst: true)
        let isWhole = relay.run()
        let lost = isWhole ? untaken(peer, for: socket) : max(0, Int64(avs_unsent(peer)))
        let taken = UInt64(max(0, relay.passed - lost))
        _ = SocketRelay.send((0..<8).map { UInt8(truncatingIfNeeded: taken >> (56 - 8 * $0)) }, to: socket)
    }

    /// - Returns: a socket to the peer; `nil` after the process was told why there is none.
    private func connect(_ socket: Int32) -> Int32? {
        switch target {
        case .server(let address):
            do {
                return try dial(address)
            } catch {
                let problem = (error as? any CodedError).map(JobProblem.init)
                let told = problem ?? JobProblem(code: "peer-unreachable", message: "\(error)", isRetriable: true)
                _ = SocketRelay.send(((try? JSON.encode(told)) ?? []) + [10], to: socket)
                return nil
            }
        case .anyNamed:
            guard SocketRelay.send([10], to: socket), let address = SOCKS.request(on: socket) else { return nil }
            do {
                return try dial(address)
            } catch {
                SOCKS.refuse(error, on: socket)
                return nil
            }
        }
    }

    /// How long a peer that has taken everything may take to hang up, milliseconds. One that did not read it all says so by a reset.
    private static let farewell = 1000

    /// Waits until the peer has taken everything and hung up, or the process has.
    /// - Returns: bytes that it has not taken.
    private func untaken(_ peer: Int32, for process: Int32) -> Int64 {
        var (rest, buffer) = (Self.farewell, Bytes(repeating: 0, count: 1 << 12))
        while !peers.isEnded, rest > 0 {
            let count = read(peer, &buffer, buffer.count)
            let isOver = count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
            if avs_unsent(peer) <= 0 {
                if count == 0 { return 0 }
                rest -= 10
            }
            // A reset takes with it what was not acknowledged, and what the peer had not read.
            if isOver, count < 0 { return max(1, Int64(avs_unsent(peer))) }
            // Of the process there is no news but its end.
            var waiting = pollfd(fd: process, events: 0, revents: 0)
            if count <= 0, poll(&waiting, 1, 10) > 0 { break }
        }
        return max(0, Int64(avs_unsent(peer)))
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
