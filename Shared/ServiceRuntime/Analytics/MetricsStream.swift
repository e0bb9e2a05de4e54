import Contracts
package import Messaging
import Primitives

/// The streams of measurements. They are two because whoever keeps count of a stream's places must take all that it holds: a place
/// that was never taken stays a hole in the count.
package enum MetricsStream {
    /// Keeps measurements until they are counted. Refuses more when it is full, so that those who wait for its word keep theirs.
    package static let settings = StreamSettings(
        name: Subjects.metricsStream, subjects: [Subjects.metric], retention: .interest, maximumBytes: .mib(512),
        maximumAge: .hours(24 * 7), duplicateWindow: .minutes(2))
    /// What the analytics has counted without the first. When it is full the oldest go: an alerting that is away must not keep the
    /// analytics from taking more.
    package static let taken = StreamSettings(
        name: Subjects.takenStream, subjects: [Subjects.metricTaken], retention: .interest, maximumBytes: .mib(256),
        maximumAge: .hours(24), discardNew: false, duplicateWindow: .minutes(2))
}
