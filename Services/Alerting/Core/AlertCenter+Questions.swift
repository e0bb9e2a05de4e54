package import Primitives

/// An alert with what keeps it quiet.
package struct AlertStatus: Sendable {
    /// How it stands with an alert, in one word.
    package enum Standing: String, Sendable, CaseIterable {
        case pending, firing, silenced, inhibited, acknowledged, resolved
    }

    package let alert: Alert
    /// Those in force that it fits.
    package let silences: [Silence]
    package let isInhibited: Bool
    /// The receivers that its routes lead to.
    package let receivers: [String]

    package var silencedBy: [String] { silences.map(\.id) }
    package var isMuted: Bool { isInhibited || !silences.isEmpty }

    /// `firing` is only what nobody keeps quiet or cares for.
    package var standing: Standing {
        switch alert.state {
        case .pending: .pending
        case .resolved: .resolved
        case .firing where !silences.isEmpty: .silenced
        case .firing where isInhibited: .inhibited
        case .firing: alert.acknowledgement == nil ? .firing : .acknowledged
        }
    }

    /// The alert as `/api/alerts` shows it.
    package var document: JSONValue {
        var members: [String: JSONValue] = [
            "fingerprint": .string(alert.fingerprint), "name": .string(alert.name), "severity": .string(alert.severity),
            "state": .string(alert.state.rawValue), "status": .string(standing.rawValue), "source": .string(alert.source.rawValue),
            "labels": alert.labels.document,
            "annotations": alert.annotations.document, "value": JSONValue(alert.value), "started": .string(alert.started.iso8601),
            "fired": JSONValue(alert.fired?.iso8601), "ended": JSONValue(alert.ended?.iso8601),
            "updated": .string(alert.updated.iso8601), "silenced_by": .array(silencedBy.map(JSONValue.string)),
            "silences": .array(
                silences.map { silence in
                    [
                        "id": .string(silence.id), "endsAt": .string(silence.ends.iso8601),
                        "createdBy": .string(silence.createdBy), "comment": .string(silence.comment),
                    ]
                }),
            "inhibited": .bool(isInhibited), "receivers": .array(receivers.map(JSONValue.string)), "acknowledgement": .null,
        ]
        if let seen = alert.acknowledgement {
            members["acknowledgement"] = [
                "by": .string(seen.by), "subject": JSONValue(seen.subject), "owner": JSONValue(seen.owner),
                "time": .string(seen.time.iso8601), "note": JSONValue(seen.note),
            ]
        }
        return .object(members)
    }
}

extension AlertCenter {
    /// The alerts in some states, the latest first.
    package func statuses(_ states: Set<Alert.State>, matchers: [LabelMatcher] = []) -> [AlertStatus] {
        let index = mutes
        return found(states, matchers).sorted { ($1.started, $0.fingerprint) < ($0.started, $1.fingerprint) }
            .map { status($0, index) }
    }

    /// The worst of the alerts in some states, and how many there are in all.
    /// - Parameters:
    ///   - isUnhandled: only those that want somebody: firing, neither silenced nor inhibited nor acknowledged.
    ///   - limit: how many are given at most.
    package func worst(
        _ states: Set<Alert.State>, matchers: [LabelMatcher] = [], isUnhandled: Bool, limit: Int
    ) -> (alerts: [AlertStatus], total: Int) {
        let index = mutes
        let found = found(states, matchers).filter { alert in
            !isUnhandled || alert.state == .firing && alert.acknowledgement == nil && !index.isMuted(alert)
        }
        return (found.sorted { $0.rank < $1.rank }.prefix(limit).map { status($0, index) }, found.count)
    }

    private func found(_ states: Set<Alert.State>, _ matchers: [LabelMatcher]) -> [Alert] {
        alerts.values.filter { alert in states.contains(alert.state) && matchers.allSatisfy { $0.fits(alert.labels) } }
    }

    /// One alert.
    package func status(_ fingerprint: String) -> AlertStatus? { alerts[fingerprint].map { status($0, mutes) } }

    /// What keeps alerts quiet now. Whoever follows a storm asks once for each alert, and all alerts are in it: it is made anew when
    /// something has changed, or a silence begins or ends by the clock.
    var mutes: MuteIndex {
        let now = clock.wall
        if let known = knownMutes, known.from <= now, known.until.map({ now < $0 }) ?? true { return known.index }
        let index = MuteIndex(silences: silences.values, inhibitions: file.inhibitions, alerts: alerts.values, now: now)
        let until = silences.values.flatMap { [$0.starts, $0.ends] }.filter { $0 > now }.min()
        knownMutes = (index, now, until)
        return index
    }

    private func status(_ alert: Alert, _ index: MuteIndex) -> AlertStatus {
        let routes = file.route.destinations(of: alert.labels).map(\.receiver).filter { !$0.isEmpty }
        return AlertStatus(
            alert: alert, silences: index.silences(of: alert.labels), isInhibited: index.isInhibited(alert.labels),
            receivers: Array(Set(routes)).sorted())
    }

    /// Groups as they are told, with their alerts.
    package var groups: [(receiver: String, labels: LabelSet, alerts: [AlertStatus])] {
        let index = mutes
        return dispatcher.all.map { group in
            (
                group.route.receiver, group.labels,
                group.members.sorted().compactMap { alerts[$0] }.filter { $0.state == .firing }.map { status($0, index) }
            )
        }
    }

    package var allSilences: [Silence] { silences.values.sorted { ($0.ends, $0.id) < ($1.ends, $1.id) } }
    package func silence(_ id: String) -> Silence? { silences[id] }
    package var receivers: [Receiver] { file.receivers }

    /// The rules with what they see now.
    package var ruleDocuments: [JSONValue] {
        let active = Dictionary(grouping: alerts.values.filter { $0.source == .rule && $0.state != .resolved }, by: \.name)
        return evaluator.programs.map { program in
            let rule = program.rule
            let own = active[rule.name] ?? []
            return [
                "name": .string(rule.name), "kind": .string(rule.definition.kind.name), "line": JSONValue(rule.line),
                "window": .string(TimeSpan.text(rule.definition.window)), "for": .string(TimeSpan.text(rule.hold)),
                "by": .array(rule.definition.by.map(JSONValue.string)), "labels": rule.labels.document,
                "limit": JSONValue(rule.definition.kind.bound?.limit),
                "comparison": JSONValue(rule.definition.kind.bound?.sign.rawValue),
                "state": .string(
                    own.contains { $0.state == .firing } ? "firing" : own.isEmpty ? "inactive" : "pending"),
                "alerts": JSONValue(own.count), "groups": JSONValue(program.groups.count),
                "turned_away": JSONValue(program.turnedAway),
            ]
        }
    }
}

extension AlertStatus {
    /// Of an alert that is known no longer.
    package init(gone alert: Alert) { self.init(alert: alert, silences: [], isInhibited: false, receivers: []) }
}
