package import Primitives

/// An alert fires or has ended; the data of the events `avstudio.alert.firing` and `avstudio.alert.resolved`.
package struct AlertEvent: Codable, Sendable, Hashable {
    /// The CloudEvents types.
    package static let firing = "avstudio.alert.firing"
    package static let resolved = "avstudio.alert.resolved"

    /// What tells it from other alerts: 16 hexadecimal digits made of its labels.
    package var fingerprint: String
    package var labels: [String: String]
    package var annotations: [String: String]
    /// What was measured.
    package var value: Double?
    package var started: Timestamp
    package var ended: Timestamp?

    package init(
        fingerprint: String, labels: [String: String], annotations: [String: String], value: Double? = nil, started: Timestamp,
        ended: Timestamp? = nil
    ) {
        (self.fingerprint, self.labels, self.annotations) = (fingerprint, labels, annotations)
        (self.value, self.started, self.ended) = (value, started, ended)
    }
}
