package import Primitives

/// A pipeline that must say again and again that it lives.
package struct Heartbeat: Codable, Sendable, Hashable {
    package var name: String
    /// Seconds from one beat to the next.
    package var period: Double
    /// Seconds that a beat may be late.
    package var grace: Double
    package var severity: String
    package var last: Timestamp?
    package var isMissing = false
    /// Beats since it was made.
    package var count = 0

    package init(name: String, period: Double, grace: Double, severity: String) {
        (self.name, self.period, self.grace, self.severity) = (name, period, grace, severity)
    }

    enum CodingKeys: String, CodingKey {
        case name, period, grace, severity, last, count
        case isMissing = "missing"
    }

    var labels: LabelSet { ["alertname": "HeartbeatMissed", "heartbeat": name, "severity": severity] }
}
