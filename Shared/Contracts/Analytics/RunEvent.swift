package import Primitives

/// A run of a script or pipeline has begun or ended. It travels and is posted (`POST /api/runs`) like a `MetricEvent`; told again
/// under the same identifier, a run is brought up to date, and one that has ended stays so.
package struct RunEvent: Codable, Sendable, Hashable {
    package enum Status: String, Codable, Sendable, CaseIterable {
        case running, succeeded, failed, cancelled
    }

    /// The owner's own name for the run.
    package var id: String
    package var script: String
    package var status: Status
    /// When it began.
    package var started: Timestamp?
    /// When it ended; when the event arrives, if the status is an end and nothing else is said.
    package var ended: Timestamp?
    /// The kind of failure, for example an error's code.
    package var errorType: String?
    /// A sentence about the failure.
    package var error: String?
    package var owner: String?
    package var labels: [String: String]?

    package init(
        id: String, script: String, status: Status, started: Timestamp? = nil, ended: Timestamp? = nil, errorType: String? = nil,
        error: String? = nil, owner: String? = nil, labels: [String: String]? = nil
    ) {
        (self.id, self.script, self.status, self.started, self.ended) = (id, script, status, started, ended)
        (self.errorType, self.error, self.owner, self.labels) = (errorType, error, owner, labels)
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case id, status, error, owner, labels, ended
        case script = "script_name"
        case started = "timestamp"
        case errorType = "error_type"
    }
}
