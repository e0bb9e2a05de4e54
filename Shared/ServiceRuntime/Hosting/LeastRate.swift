package import Contracts
import Primitives

/// The least that a server must send, so that one which drips holds no place for long.
package struct LeastRate {
    /// Bytes in a second: what a telephone line carried with 128 kbit/s.
    static let bytesPerSecond = 16 << 10
    /// The time over which it is measured.
    static let window = Duration.seconds(30)

    private var start: ContinuousClock.Instant
    private var count = 0

    package init(since start: ContinuousClock.Instant) {
        self.start = start
    }

    /// - Throws: `JobProblem` when a window is over in which less came.
    package mutating func add(_ bytes: Int, at now: ContinuousClock.Instant) throws(JobProblem) {
        count += bytes
        let passed = now - start
        guard passed >= Self.window else { return }
        guard Double(count) >= passed.seconds * Double(Self.bytesPerSecond) else {
            throw JobProblem(
                code: "url-too-slow", message: "the URL gave less than \(Self.bytesPerSecond) bytes a second")
        }
        (start, count) = (now, 0)
    }
}
