package import Primitives

/// Something that is wrong, or was.
package struct Alert: Codable, Sendable, Hashable {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// It holds, and not yet for as long as its rule says.
        case pending
        case firing
        case resolved
    }

    /// Who says so.
    package enum Source: String, Codable, Sendable {
        case rule, heartbeat
        /// A program, through Alertmanager's API.
        case api
        /// Somebody who tries a receiver.
        case test
    }

    /// Somebody has seen it and cares for it: it is neither repeated nor escalated.
    package struct Acknowledgement: Codable, Sendable, Hashable {
        /// As whom they are shown.
        package var by: String
        /// The key or the person that said so, and whose key it is or in whose name a person asked.
        package var subject: String?
        package var owner: String?
        package var time: Timestamp
        package var note: String?
    }

    package var fingerprint: String
    package var labels: LabelSet
    package var annotations: LabelSet
    package var state: State
    package var source: Source
    package var value: Double?
    /// Since when it holds.
    package var started: Timestamp
    package var fired: Timestamp?
    package var ended: Timestamp?
    package var updated: Timestamp
    /// When one from a program ends unless it is told again.
    package var expires: Timestamp?
    package var generatorURL: String?
    package var acknowledgement: Acknowledgement?

    package init(labels: LabelSet, annotations: LabelSet, state: State, source: Source, value: Double?, time: Timestamp) {
        (fingerprint, self.labels, self.annotations) = (labels.fingerprint, labels, annotations)
        (self.state, self.source, self.value, started, updated) = (state, source, value, time, time)
        fired = state == .firing ? time : nil
    }

    enum CodingKeys: String, CodingKey {
        case fingerprint, labels, annotations, state, source, value, started, fired, ended, updated, expires, acknowledgement
        case generatorURL = "generator_url"
    }

    /// The same, as a clock has it that is so much ahead of the one before.
    func moved(by distance: Duration) -> Alert {
        func moved(_ time: Timestamp) -> Timestamp { time.advanced(by: distance) }
        var alert = self
        (alert.started, alert.updated) = (moved(started), moved(updated))
        (alert.fired, alert.ended, alert.expires) = (fired.map(moved), ended.map(moved), expires.map(moved))
        return alert
    }

    package var name: String { labels["alertname"] ?? "alert" }
    package var severity: String { labels["severity"] ?? "" }

    private static let severities = ["critical": 0, "error": 1, "warning": 2, "info": 4]
    /// The least stands first where only some can be shown: what fires, the worst of it, and of the equally bad the oldest.
    var rank: (Int, Int, Timestamp, String) {
        (state == .firing ? 0 : 1, Self.severities[severity] ?? 3, started, fingerprint)
    }
}
