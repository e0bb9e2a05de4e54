import CLinux
import Glibc
import Synchronization

/// A condition variable with a queue: what `ThreadExecutor` and `BlockingThreads` have their threads wait on.
final class ThreadInbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let signal = Semaphore()

    /// - Returns: false when the inbox is closed.
    func post(_ element: Element) -> Bool {
        let accepted = state.withLock { state in
            if state.isClosed { return false }
            state.elements.append(element)
            return true
        }
        if accepted { signal.post() }
        return accepted
    }

    /// Blocks the calling thread until elements are there.
    /// - Returns: up to `limit` elements in order, or `nil` once the inbox is closed and empty.
    func take(upTo limit: Int) -> [Element]? {
        while true {
            let (taken, closed) = state.withLock { state in
                let count = min(limit, state.elements.count)
                let taken = Array(state.elements.prefix(count))
                state.elements.removeFirst(count)
                return (taken, state.isClosed)
            }
            if !taken.isEmpty { return taken }
            if closed {
                signal.post()  // the next waiting thread sees the end too
                return nil
            }
            signal.wait()
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        signal.post()
    }
}

/// A POSIX semaphore at a stable address.
private final class Semaphore: Sendable {
    // The address is written once; sem_* are thread-safe by POSIX.
    private nonisolated(unsafe) let handle: UnsafeMutablePointer<sem_t>

    init() {
        handle = .allocate(capacity: 1)
        sem_init(handle, 0, 0)
    }

    deinit {
        sem_destroy(handle)
        handle.deallocate()
    }

    func post() { sem_post(handle) }

    func wait() {
        while sem_wait(handle) != 0 && errno == EINTR {}
    }
}

/// Starts a detached POSIX thread with signals blocked, so that they go to the thread that handles them.
/// - Parameters:
///   - name: at most 15 bytes are shown by the system.
///   - stackSize: bytes.
package func startThread(name: String, stackSize: Int = 1 << 20, _ body: @escaping @Sendable () -> Void) {
    let context = Unmanaged.passRetained(ThreadBody(name: name, run: body)).toOpaque()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var everySignal = sigset_t()
    var before = sigset_t()
    sigfillset(&everySignal)
    pthread_sigmask(SIG_SETMASK, &everySignal, &before)
    var thread = pthread_t()
    let status = pthread_create(&thread, &attributes, threadMain, context)
    pthread_sigmask(SIG_SETMASK, &before, nil)
    pthread_attr_destroy(&attributes)
    precondition(status == 0, "no thread can be started: error \(status)")
}

private final class ThreadBody: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
        self.name = name
        self.run = run
    }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let body = Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
    avs_set_thread_name(body.name)
    body.run()
    return nil
}
