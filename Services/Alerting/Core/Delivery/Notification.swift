package import Primitives

/// What a receiver is told of a group of alerts.
package struct Notification: Codable, Sendable, Hashable {
    /// What is told.
    package enum Kind: String, Codable, Sendable {
        case alerts
        /// Somebody wants to know whether it arrives.
        case test
        case report
    }

    /// One of the group.
    package struct Item: Codable, Sendable, Hashable {
        package var fingerprint: String
        package var state: Alert.State
        package var labels: LabelSet
        package var annotations: LabelSet
        package var value: Double?
        package var started: Timestamp
        package var ended: Timestamp?
    }

    /// A storm of alerts is one message of these and a count.
    static let shown = 20
    package var kind = Kind.alerts
    package var receiver: String
    /// Firing while one of the group is.
    package var state: Alert.State
    package var groupKey: String
    package var groupLabels: LabelSet
    /// The labels that all of them have, also those that are not shown; `nil` when an earlier version has written it.
    package var commonLabels: LabelSet?
    package var firing: Int
    package var resolved: Int
    /// The worst first.
    package var items: [Item]
    package var time: Timestamp
    /// Of a report: which.
    package var report: String?
    /// Of a report: what it is on, from midnight to midnight, whenever it is made.
    package var from: Timestamp?
    package var until: Timestamp?
    /// What people open.
    package var url: String?

    enum CodingKeys: String, CodingKey {
        case kind, receiver, state, firing, resolved, items, time, report, from, until, url
        case groupKey = "group_key"
        case groupLabels = "group_labels"
        case commonLabels = "common_labels"
    }

    package init(receiver: String, groupKey: String, groupLabels: LabelSet, alerts: [Alert], time: Timestamp, url: String?) {
        (self.receiver, self.groupKey, self.groupLabels, self.time, self.url) = (receiver, groupKey, groupLabels, time, url)
        let fires = alerts.count { $0.state == .firing }
        (firing, resolved) = (fires, alerts.count - fires)
        state = fires > 0 ? .firing : .resolved
        commonLabels = alerts.dropFirst().reduce(alerts.first?.labels ?? [:]) { common, alert in
            common.filter { alert.labels[$0.key] == $0.value }
        }
        let ranked = alerts.sorted { $0.rank < $1.rank }
        items = ranked.prefix(Self.shown).map { alert in
            Item(
                fingerprint: alert.fingerprint, state: alert.state, labels: alert.labels, annotations: alert.annotations,
                value: alert.value, started: alert.started, ended: alert.ended)
        }
    }

    /// What a report is on; the day before it was ordered when an earlier version has done that.
    package var period: Range<Timestamp> {
        let day: Int64 = 86_400_000
        let until = until ?? Timestamp(milliseconds: time.milliseconds / day * day)
        return min(from ?? until.advanced(by: .hours(-24)), until)..<until
    }

    /// The period in days: `2026-11-16 to 2026-11-22`, or one alone.
    var days: String {
        let (first, last) = (period.lowerBound.day, period.upperBound.advanced(by: .seconds(-1)).day)
        return first == last ? first : "\(first) to \(last)"
    }

    /// How many are not shown.
    package var hidden: Int { firing + resolved - items.count }
}

extension Timestamp {
    /// The day alone, UTC.
    var day: String { String(iso8601.prefix(10)) }
}
