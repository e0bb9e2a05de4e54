import CLinux
import Glibc
import Primitives

/// Carries bytes between two sockets that never block, as a proxy does: each way ends for itself.
struct SocketRelay: ~Copyable {
    /// Of each socket's buffers: what is under way is lost when a connection breaks.
    static let bufferSize = 1 << 16

    /// One way.
    private struct Way {
        let source: Int32
        let target: Int32
        var held: ArraySlice<UInt8> = []
        /// What was read last.
        var news: ArraySlice<UInt8> = []
        /// The source has said everything.
        var hasEnded = false
        /// The target takes no more.
        var isDeaf = false

        var wantsInput: Bool { held.isEmpty && !hasEnded }
        var wantsOutput: Bool { !held.isEmpty }
    }

    private var there: Way
    private var back: Way
    private let endsWithFirst: Bool
    /// Bytes of the first socket that the second one has taken.
    private(set) var passed: Int64 = 0
    /// The last bytes of the second socket.
    private var tail: ArraySlice<UInt8> = []
    private var buffer = Bytes(repeating: 0, count: SocketRelay.bufferSize)

    /// - Parameter endsWithFirst: whether nothing is to be brought to its end when the first socket was shut both ways.
    init(_ first: Int32, _ second: Int32, endsWithFirst: Bool) {
        there = Way(source: first, target: second)
        back = Way(source: second, target: first)
        self.endsWithFirst = endsWithFirst
    }

    /// Lets a socket never block and gives it small buffers.
    static func prepare(_ socket: Int32) {
        _ = avs_set_nonblocking(socket)
        for option in [SO_SNDBUF, SO_RCVBUF] { _ = avs_set_socket_option(socket, SOL_SOCKET, option, Int32(bufferSize)) }
    }

    /// Blocks until the first socket has ended and the second has taken what it said, the second then knowing that nothing more comes;
    /// or until that can not be any more. It closes neither.
    /// - Returns: whether the second socket has taken all.
    mutating func run() -> Bool {
        let gone = Int16(POLLHUP | POLLERR | POLLNVAL)
        while true {
            var polled = [Self.entry(there, back), Self.entry(back, there)]
            // The end of a socket of which nothing is wanted is no news.
            for index in 0...1 where polled[index].events == 0 && !(index == 0 && endsWithFirst) { polled[index].fd = -1 }
            guard poll(&polled, 2, -1) > 0 || errno == EINTR else { return false }
            if endsWithFirst, polled[0].revents & gone != 0 { return false }
            if polled[0].revents != 0, there.wantsInput, !Self.fill(&there, &buffer) { return false }
            if polled[1].revents != 0, back.wantsInput, !Self.fill(&back, &buffer) { return false }
            tail = (tail + back.news).suffix(8)
            back.news = []
            if there.wantsOutput {
                let count = Self.empty(&there)
                passed += Int64(count)
                if there.isDeaf { return false }
            }
            if back.wantsOutput { _ = Self.empty(&back) }
            if back.isDeaf { back.held = [] }
            // A peer that has hung up is told nothing more once all is told; the door still has something to say to the process.
            if back.hasEnded, endsWithFirst, there.held.isEmpty, polled[0].revents & Int16(POLLIN) == 0 { return false }
            if back.hasEnded, !endsWithFirst, !back.isDeaf, back.held.isEmpty {
                shutdown(back.target, Int32(SHUT_WR))
                back.isDeaf = true
            }
            if there.hasEnded, there.held.isEmpty {
                shutdown(there.target, Int32(SHUT_WR))
                return true
            }
        }
    }

    /// Reads what a door says at its end, after `run`; blocks until it has or was shut.
    /// - Returns: how many bytes the peer behind it has taken; `nil` when it did not say so.
    mutating func farewell() -> Int64? {
        shutdown(back.source, Int32(SHUT_WR))
        (back.held, back.isDeaf) = ([], true)
        while !back.hasEnded {
            var waiting = pollfd(fd: back.source, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, -1) > 0 || errno == EINTR else { return nil }
            back.news = []
            // A door that closes before it has read everything is an error, behind what it said.
            guard Self.fill(&back, &buffer) else { break }
            tail = (tail + back.news).suffix(8)
        }
        guard tail.count == 8 else { return nil }
        let count = Int64(truncatingIfNeeded: tail.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        return (0...passed).contains(count) ? count : nil
    }

    private static func entry(_ reading: borrowing Way, _ writing: borrowing Way) -> pollfd {
        let events = (reading.wantsInput ? POLLIN : 0) | (writing.wantsOutput ? POLLOUT : 0)
        return pollfd(fd: reading.source, events: Int16(events), revents: 0)
    }

    /// - Returns: `false` when the source broke.
    private static func fill(_ way: inout Way, _ buffer: inout Bytes) -> Bool {
        let count = read(way.source, &buffer, buffer.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN }
        way.hasEnded = count == 0
        way.news = buffer[..<count]
        way.held = way.isDeaf ? [] : way.news
        return true
    }

    /// - Returns: bytes that the target took.
    private static func empty(_ way: inout Way) -> Int {
        let count = way.held.withUnsafeBytes { avs_send(way.target, $0.baseAddress!, $0.count, 0) }
        if count < 0, errno != EINTR, errno != EAGAIN { way.isDeaf = true }
        way.held = way.held.dropFirst(max(0, count))
        return max(0, count)
    }

    /// Blocks until the socket has taken all, or was shut.
    /// - Returns: whether all of it was taken.
    static func send(_ bytes: Bytes, to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { avs_send(socket, $0.baseAddress!, $0.count, 0) }
            if count < 0 {
                guard errno == EINTR || errno == EAGAIN else { return false }
                var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}
