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

    /// For calls of C that take a time-out: at least 1.
    var millisecondsLeft: Int64 { max(1, (nanoseconds - Self.now().nanoseconds) / 1_000_000) }

    static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }
}

/// What a thread of our own sleeps on. A signal that is raised while nobody waits is kept; several count as one.
final class Signal: Sendable {
    private struct Storage {
        var mutex = pthread_mutex_t()
        var condition = pthread_cond_t()
        var isRaised = false
    }

    // The address is written once; what it points to is used under its mutex.
    private nonisolated(unsafe) let storage: UnsafeMutablePointer<Storage>

    init() {
        storage = .allocate(capacity: 1)
        storage.initialize(to: Storage())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(&storage.pointee.condition, &attributes)
        pthread_condattr_destroy(&attributes)
        pthread_mutex_init(&storage.pointee.mutex, nil)
    }

    deinit {
        pthread_cond_destroy(&storage.pointee.condition)
        pthread_mutex_destroy(&storage.pointee.mutex)
        storage.deallocate()
    }

    func raise() {
        pthread_mutex_lock(&storage.pointee.mutex)
        storage.pointee.isRaised = true
        pthread_cond_signal(&storage.pointee.condition)
        pthread_mutex_unlock(&storage.pointee.mutex)
    }

    /// Blocks the calling thread until the signal is raised or the deadline passes, whichever is first.
    func wait(until deadline: MonotonicTime = .distantFuture) {
        var time = timespec(tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
        pthread_mutex_lock(&storage.pointee.mutex)
        var status: Int32 = 0
        while !storage.pointee.isRaised && status == 0 {
            status = pthread_cond_timedwait(&storage.pointee.condition, &storage.pointee.mutex, &time)
        }
        storage.pointee.isRaised = false
        pthread_mutex_unlock(&storage.pointee.mutex)
    }
}
