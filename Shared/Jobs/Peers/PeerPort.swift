import CLinux
package import Contracts
import Glibc
import Primitives
import Synchronization

/// Inside the job's process: a port of its own loopback that leads through the door to the peer, for libraries that know nothing but
/// ports. It serves one connection after another.
package final class PeerPort: Sendable {
    private struct State {
        var problem: JobProblem?
        /// Connections so far.
        var count = 0
        var last: Ending?
    }

    /// What became of a connection.
    private struct Ending {
        /// Bytes that the peer has taken; `nil` when that is not known.
        let taken: Int64?
        /// Whether that is all there were.
        let isWhole: Bool
    }

    /// On 127.0.0.1.
    package let number: Int
    /// Bytes that can be under way between the library and the peer, at most.
    package static let maximumHeld: Int64 = 8 * Int64(SocketRelay.bufferSize)
    /// Of each buffer that the library should have itself, bytes.
    package static let bufferSize = SocketRelay.bufferSize

    private let folder: String
    private let listening = OpenSockets()
    private let sockets = OpenSockets()
    private let state = Mutex(State())

    /// Why the last connection did not stand; `nil` when it did.
    package var lastProblem: JobProblem? { state.withLock { $0.problem } }
    /// Bytes of the last connection that the peer has taken; `nil` when that is not known.
    package var lastTaken: Int64? { state.withLock { $0.last?.taken } }

    /// - Parameter folder: the output folder, with the door in it.
    /// - Throws: `JobProblem` when there is no door or no port.
    package init(folder: String) throws(JobProblem) {
        guard access(folder + "/" + PeerDoor.name, F_OK) == 0 else {
            throw JobProblem(code: "no-network", message: "this job can not reach its server from here")
        }
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        for option in [SO_SNDBUF, SO_RCVBUF] { _ = avs_set_socket_option(listener, SOL_SOCKET, option, Int32(Self.bufferSize)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 4) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard listener >= 0, isListening else {
            let number = errno
            if listener >= 0 { close(listener) }
            throw JobProblem(code: "no-network", message: "no port can be had: error \(number)", isRetriable: true)
        }
        (number, self.folder) = (Int(UInt16(bigEndian: address.sin_port)), folder)
        _ = listening.admit(listener)
        startThread(name: "peer-port") { [weak self, sockets, listening] in
            defer { listening.close(listener) }
            listening.accept(from: listener) { socket in
                guard sockets.admit(socket) else { return }
                guard let self else { return sockets.close(socket) }
                startThread(name: "peer") { self.serve(socket) }
            }
        }
    }

    deinit {
        listening.end()
        sockets.end()
    }

    /// Waits until the peer has taken all that the library said on its last connection, which it has closed. It blocks. What is not
    /// taken in time is dropped with the connection.
    /// - Parameter limit: how long it waits, seconds.
    /// - Returns: whether the peer has taken all of it.
    package func finish(within limit: Double) -> Bool {
        let end = ContinuousClock.now + .seconds(limit)
        while ContinuousClock.now < end {
            if let last = state.withLock({ $0.last }) { return last.isWhole }
            usleep(5000)
        }
        sockets.shut()
        return false
    }

    private func serve(_ socket: Int32) {
        let number = state.withLock { state in
            (state.count, state.last) = (state.count + 1, nil)
            return state.count
        }
        var ending = Ending(taken: 0, isWhole: false)
        defer {
            sockets.close(socket)
            state.withLock { if $0.count == number { $0.last = ending } }
        }
        let door = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard door >= 0, sockets.admit(door) else { return }
        defer { sockets.close(door) }
        let said = open(door)
        state.withLock { if $0.count == number { $0.problem = said } }
        guard said == nil else { return }
        for end in [socket, door] { SocketRelay.prepare(end) }
        var relay = SocketRelay(socket, door, endsWithFirst: false)
        let isWhole = relay.run()
        let taken = relay.farewell()
        ending = Ending(taken: taken, isWhole: isWhole && taken == relay.passed)
    }

    /// Opens the door.
    /// - Returns: why it stays closed.
    private func open(_ door: Int32) -> JobProblem? {
        let directory = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if directory >= 0 { close(directory) } }
        let isOpen = UnixAddress.with("/proc/self/fd/\(directory)/\(PeerDoor.name)") { connect(door, $0, $1) } == 0
        var (line, byte) = (Bytes(), UInt8(0))
        while isOpen, line.count < 1 << 16, read(door, &byte, 1) == 1, byte != 10 { line.append(byte) }
        let refused = JobProblem(code: "peer-unreachable", message: "the worker does not answer", isRetriable: true)
        guard isOpen, byte == 10 else { return refused }
        return line.isEmpty ? nil : (try? JSON.decode(JobProblem.self, from: line)) ?? refused
    }
}
