import CLinux
import Glibc
import Primitives

/// A socket that accepts connections.
// Safe to share: touched only on the loop's thread.
final class Listener: EventSource, @unchecked Sendable {
    /// Called for each new connection with its descriptor and the client's address.
    private let accepted: (Int32, String) -> Void

    init(descriptor: Int32, loop: EventLoop, accepted: @escaping (Int32, String) -> Void) {
        self.accepted = accepted
        super.init(descriptor: descriptor, loop: loop)
    }

    override func ready(_ events: UInt32) {
        acceptWaiting(atMost: 64)
    }

    /// After a pause, since the process had no descriptors left.
    override func deadlinePassed() {
        watch(Readiness.input)
    }

    /// Takes what still waits, then stops listening.
    func close() {
        acceptWaiting(atMost: 4096)
        retire()
    }

    private func acceptWaiting(atMost limit: Int) {
        for _ in 0..<limit {
            var address = sockaddr_storage()
            let descriptor = avs_accept(self.descriptor, &address)
            if descriptor >= 0 {
                accepted(descriptor, SocketAddress.text(of: address))
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                ServerContext.log.error("no connection can be accepted", ["reason": .string(String(cString: strerror(errno)))])
                watch(0)
                setDeadline(loop.now + 100)
                return
            default: return
            }
        }
    }
}
