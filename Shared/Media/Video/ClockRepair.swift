/// Makes one line of the times of a stream whose clock jumps, as recordings that were cut or joined have it.
struct ClockRepair {
    /// Seconds that a clock may go back before that is taken for a jump: less is frames out of order.
    private static let backward = 1.0
    /// Seconds forward, in containers that are known for clocks that jump, and in others, where a picture may stand for long.
    /// Source: the defaults of ffmpeg's options dts_delta_threshold and dts_error_threshold.
    private static let (forward, forwardElsewhere) = (10.0, 108_000.0)

    private let limit: Double
    private var last: Double?
    private var offset = 0.0
    /// How often the clock jumped.
    private(set) var jumps = 0

    /// - Parameter isDiscontinuous: whether the container's clock may jump.
    init(isDiscontinuous: Bool) { limit = isDiscontinuous ? Self.forward : Self.forwardElsewhere }

    /// - Parameters:
    ///   - time: seconds by the stream's clock; `nil` where none is told.
    ///   - step: seconds since what came before, where nothing else tells them.
    /// - Returns: seconds on the repaired line.
    mutating func time(_ time: Double?, step: Double) -> Double {
        guard let before = last else {
            last = time ?? 0
            return last ?? 0
        }
        guard let time else {
            last = before + step
            return before + step
        }
        if time + offset - before > limit || before - (time + offset) > Self.backward {
            offset = before + step - time
            jumps += 1
        }
        last = time + offset
        return time + offset
    }
}
