package import Primitives
import Synchronization

/// A clock that starts with the system's and then goes on evenly, however that one is set: windows, waits and absences do not
/// notice when somebody corrects the time.
package final class SteadyClock: Sendable {
    private let start: Timestamp
    private let began: ContinuousClock.Instant
    private let elapsed: (@Sendable () -> Duration)?
    private let wallClock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - wall: the system's clock.
    ///   - elapsed: what has passed since the clock was made; the continuous clock's by default.
    package init(wall: @escaping @Sendable () -> Timestamp = { .now() }, elapsed: (@Sendable () -> Duration)? = nil) {
        (start, began, self.elapsed, wallClock) = (wall(), .now, elapsed, wall)
    }

    /// The even time.
    package var now: Timestamp { start.advanced(by: elapsed?() ?? began.duration(to: .now)) }
    /// The system's time, as people and messages have it.
    package var wall: Timestamp { wallClock() }
    /// The system's time of a moment of the even time.
    package func wall(of time: Timestamp) -> Timestamp { wall.advanced(by: time.duration(since: now)) }
    /// The even time of a moment of the system's time.
    package func even(of time: Timestamp) -> Timestamp { now.advanced(by: time.duration(since: wall)) }
}
