import Glibc
import Primitives

/// A moment of the system's monotonic clock.
struct MonotonicTime: Comparable, Sendable {
    var nanoseconds: Int64

    static let distantFuture = MonotonicTime(nanoseconds: .max)

    static func now() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func after(_ duration: Duration) -> MonotonicTime {
        let (sum, overflow) = now().nanoseconds.addingReportingOverflow(max(0, duration.nanoseconds))
        return overflow ? .distantFuture : MonotonicTime(nanoseconds: sum)
    }

    static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }
}

/// What a thread of our own sleeps on: a POSIX semaphore at a stable address.
final class Signal: Sendable {
    // The address is written once; sem_* may be called from any thread (POSIX.1-2017, 2.9.1).
    private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func raise() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }

    /// Waits for `raise()` or the deadline, whichever is first.
    func wait(until deadline: MonotonicTime) {
        guard deadline != .distantFuture else { return wait() }
        var time = timespec(tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
        while sem_clockwait(semaphore, CLOCK_MONOTONIC, &time) != 0 && errno == EINTR {}
    }
}
