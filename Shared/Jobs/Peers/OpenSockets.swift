import CLinux
import Glibc
import Synchronization

/// The sockets that threads work with, all of which another thread may shut. Whoever shuts them and whoever closes one hold the same
/// lock, so that nobody shuts a descriptor that is somebody else's by now.
final class OpenSockets: Sendable {
    private struct State {
        var isEnded = false
        var open: Set<Int32> = []
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: sockets at once.
    init(limit: Int = .max) { self.limit = limit }

    /// Whether `end` was called.
    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Takes a socket in, and closes it when there is no room, or all was ended.
    func admit(_ socket: Int32) -> Bool {
        state.withLock { state in
            guard !state.isEnded, state.open.count < limit else {
                Glibc.close(socket)
                return false
            }
            state.open.insert(socket)
            return true
        }
    }

    func close(_ socket: Int32) {
        state.withLock { state in
            guard state.open.remove(socket) != nil else { return }
            Glibc.close(socket)
        }
    }

    /// Wakes whoever waits for one of the sockets; they end.
    func shut() {
        state.withLock { state in
            for socket in state.open { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Shuts all, and takes none in any more.
    func end() {
        state.withLock { $0.isEnded = true }
        shut()
    }

    /// Waits for connections until the listener is shut; what can not be had for lack of descriptors or memory is tried again.
    func accept(from listener: Int32, _ body: (Int32) -> Void) {
        while true {
            var address = sockaddr_storage()
            let socket = avs_accept(listener, &address)
            if socket >= 0 {
                body(socket)
            } else if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno), !isEnded {
                usleep(100_000)
            } else if errno != EINTR && errno != ECONNABORTED {
                return
            }
        }
    }
}
