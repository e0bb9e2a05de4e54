import Glibc
import TestSupport

/// Lets a server's thread wait for a test: a pipe with a byte in it is open.
final class Gate: Sendable {
    private let ends: (read: Int32, write: Int32)

    init() throws {
        var pair: [Int32] = [0, 0]
        guard pipe(&pair) == 0 else { throw Loopback.Failure(errno: errno) }
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    func open() {
        _ = write(ends.write, "x", 1)
    }

    /// Waits until the gate has been opened, ten seconds at most.
    func wait() {
        var event = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
        _ = poll(&event, 1, 10_000)
    }
}
