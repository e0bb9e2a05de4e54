/// A stretch of time in seconds.
package struct TimeRange: Sendable, Hashable {
    /// Where it begins.
    package var start: Double
    /// Not before `start`.
    package var end: Double

    /// - Parameters: as the properties; an end before the start is brought to it.
    package init(start: Double, end: Double) {
        (self.start, self.end) = (start, max(start, end))
    }

    /// Its length in seconds.
    package var duration: Double { end - start }
}
