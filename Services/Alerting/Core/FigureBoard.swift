import Glibc
import Synchronization

/// What an alert center has done since its start.
package struct Figures: Sendable {
    package var rounds = 0
    package var measurements = 0
    /// Processor time that measurements and rules took, in seconds.
    package var cpuSeconds = 0.0
    package var series = 0
    package var groups = 0
    /// How often a group was not watched, because its rule had too many.
    package var turnedAway = 0
}

/// The figures where anybody can read them at any time.
package final class FigureBoard: Sendable {
    private let figures = Mutex(Figures())

    init() {}

    package var current: Figures { figures.withLock { $0 } }

    func change(_ body: (inout Figures) -> Void) { figures.withLock { body(&$0) } }

    /// The processor time of this thread, in seconds: what is measured by it does not wait.
    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
