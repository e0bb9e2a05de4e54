import Glibc
import Synchronization

/// Lets one thread of one process at a time change a store.
final class StoreLock: Sendable {
    /// The critical sections take milliseconds; who waits longer waits for a process that hangs.
    private static let limit = Duration.seconds(30)
    private let file: Mutex<OpenFile>

    init(_ path: String) throws(BlobError) {
        file = Mutex(try OpenFile(path, O_RDWR, mode: 0o644))
    }

    /// Runs `body` while nobody else holds the lock.
    /// - Throws: `BlobError.busy` when another process keeps it; what `body` throws.
    func held<T: Sendable>(_ body: () throws(BlobError) -> T) throws(BlobError) -> T {
        try file.withLock { file throws(BlobError) -> T in
            let deadline = ContinuousClock.now + Self.limit
            // flock has no time-out of its own.
            var pause: UInt32 = 100
            while !file.tryLock() {
                guard errno == EWOULDBLOCK || errno == EINTR else { throw .system("lock the store") }
                guard ContinuousClock.now < deadline else { throw .busy }
                usleep(pause)
                pause = min(pause * 2, 5000)
            }
            defer { file.unlock() }
            return try body()
        }
    }
}
