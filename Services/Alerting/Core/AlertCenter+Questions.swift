package import Primitives

/// An alert with what keeps it quiet.
package struct AlertStatus: Sendable {
    /// How it stands with an alert, in one word.
    package enum Standing: String, Sendable, CaseIterable {
        case pending, firing, silenced, inhibited, acknowledged, resolved

        /// What wants somebody stands first, then what is seen to.
        fileprivate var order: Int {
            switch self {
            case .firing: 0
            case .silenced, .inhibited, .acknowledged: 1
            case .pending: 2
            case .resolved: 3
            }
        }
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
        Self.standing(of: alert, isSilenced: !silences.isEmpty, isInhibited: isInhibited)
    }

    fileprivate static func standing(of alert: Alert, isSilenced: Bool, isInhibited: Bool) -> Standing {
        switch alert.state {
        case .pending: .pending
        case .resolved: .resolved
        case .firing where isSilenced: .silenced
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

    /// The worst of the alerts in some states, those that want somebody first: firing, neither silenced nor inhibited nor
    /// acknowledged.
    /// - Parameters:
    ///   - isUnhandled: only those that want somebody.
    ///   - limit: how many are given at most.
    /// - Returns: also how many there are in all, and of these and those that are left out how many stand how.
    package func worst(
        _ states: Set<Alert.State>, matchers: [LabelMatcher] = [], isUnhandled: Bool, limit: Int
    ) -> (alerts: [AlertStatus], total: Int, counts: [AlertStatus.Standing: Int]) {
        let index = mutes
        let found = found(states, matchers).map { alert in
            (
                alert: alert,
                standing: AlertStatus.standing(
                    of: alert, isSilenced: index.isSilenced(alert.labels), isInhibited: index.isInhibited(alert.labels))
            )
        }
        let asked = isUnhandled ? found.filter { $0.standing == .firing } : found
        let sorted = asked.sorted { a, b in
            a.standing.order == b.standing.order ? a.alert.rank < b.alert.rank : a.standing.order < b.standing.order
        }
        let counts = Dictionary(grouping: found, by: \.standing).mapValues(\.count)
        return (sorted.prefix(limit).map { status($0.alert, index) }, asked.count, counts)
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
            let members: [String: JSONValue] = [
                "name": .string(rule.name), "line": JSONValue(rule.line), "for": .string(TimeSpan.text(rule.hold)),
                "labels": rule.labels.document,
                "state": .string(
                    own.contains { $0.state == .firing } ? "firing" : own.isEmpty ? "inactive" : "pending"),
                "alerts": JSONValue(own.count), "groups": JSONValue(program.groups.count),
                "turned_away": JSONValue(program.turnedAway),
            ]
            return .object(members.merging(rule.definition.members) { own, _ in own })
        }
    }
}

extension AlertStatus {
    /// Of an alert that is known no longer.
    package init(gone alert: Alert) { self.init(alert: alert, silences: [], isInhibited: false, receivers: []) }
}
