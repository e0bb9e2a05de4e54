/// A stretch of time in seconds.
package struct TimeRange: Sendable, Hashable {
    package var start: Double
    /// Not before `start`.
    package var end: Double

    package init(start: Double, end: Double) {
        (self.start, self.end) = (start, max(start, end))
    }

    package var duration: Double { end - start }
}
