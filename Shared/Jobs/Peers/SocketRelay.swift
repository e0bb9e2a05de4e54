import CLinux
import Glibc
import Primitives

/// Carries bytes between two sockets.
enum SocketRelay {
    /// Blocks until one side has ended, then ends the other. Closes neither.
    static func run(_ first: Int32, _ second: Int32) {
        var open = [first, second].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = Bytes(repeating: 0, count: 1 << 16)
        relay: while true {
            guard poll(&open, 2, -1) > 0 || errno == EINTR else { break }
            for (index, target) in [(0, second), (1, first)] where open[index].revents != 0 {
                open[index].revents = 0
                let count = read(open[index].fd, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0, send(buffer[..<count], to: target) else { break relay }
            }
        }
        for socket in [first, second] { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// - Returns: whether all of it was taken.
    static func send(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { avs_send(socket, $0.baseAddress!, $0.count, 0) }
            if count < 0 && errno != EINTR { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}
