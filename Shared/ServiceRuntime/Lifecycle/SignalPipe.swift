import Glibc
import Synchronization

/// Brings SIGTERM, SIGINT and others from wherever they are delivered to the one thread that waits for them.
///
/// Blocking them in every thread and waiting with sigwait is not enough: the main thread of a program with asynchronous top-level
/// code ends up in libdispatch, which lets all signals through there.
enum SignalPipe {
    private static let input = Atomic<Int32>(-1)
    private static let output = Atomic<Int32>(-1)

    /// Begins to take SIGTERM and SIGINT; once in a program.
    static func open() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        output.store(ends[0], ordering: .relaxed)
        input.store(ends[1], ordering: .relaxed)
        for number in [SIGTERM, SIGINT] { take(number) }
    }

    /// Begins to take one more signal.
    static func take(_ number: Int32) {
        // Async-signal-safe: the descriptor is there already, and write(2) is allowed (POSIX, signal-safety).
        signal(number) { number in
            var byte = UInt8(truncatingIfNeeded: number)
            _ = Glibc.write(SignalPipe.input.load(ordering: .relaxed), &byte, 1)
        }
    }

    /// Waits for the next signal. Blocks the thread.
    static func next() -> Int32? {
        var byte: UInt8 = 0
        while true {
            let count = Glibc.read(output.load(ordering: .relaxed), &byte, 1)
            if count == 1 { return Int32(byte) }
            guard count < 0 && errno == EINTR else { return nil }
        }
    }
}
