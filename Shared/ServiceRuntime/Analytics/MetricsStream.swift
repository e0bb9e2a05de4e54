import Contracts
package import Messaging
import Primitives

/// The stream that keeps measurements until they are counted.
package enum MetricsStream {
    /// Refuses more when it is full, so that those who wait for its word keep theirs.
    package static let settings = StreamSettings(
        name: Subjects.metricsStream, subjects: [Subjects.metric, Subjects.metricTaken], retention: .interest,
        maximumBytes: .mib(512), maximumAge: .hours(24 * 7), duplicateWindow: .minutes(2))
}
