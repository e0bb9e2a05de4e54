import Primitives

/// Decides who is told of what and when: groups by route, waits, repeats and escalations, with Alertmanager's rules
/// (prometheus/alertmanager, dispatch/dispatch.go and notify/notify.go). It sends nothing itself.
struct Dispatcher: Sendable {
    /// What a receiver has been told of a group last.
    struct Told: Codable, Sendable, Hashable {
        /// What fires as far as the receiver knows; also what has ended since, and is kept quiet.
        var firing: Set<String>
        var resolved: Set<String>
        var time: Timestamp
    }

    /// A notification that is to be delivered.
    struct Order: Sendable {
        let id: String
        let notification: Notification
        let told: Told
    }

    private struct Group {
        let route: Route
        let labels: LabelSet
        var members: Set<String> = []
        var next: Timestamp
    }

    private var groups: [String: Group] = [:]
    /// The groups that an alert is in.
    private var places: [String: [String]] = [:]
    /// By group and receiver; `time` is of the even clock. Under no group (`astray`) stands what a receiver knows of alerts that no
    /// route leads to it with now: another file may again.
    private(set) var told: [String: Told] = [:]
    /// Since when alerts fire, on the even clock.
    private var fired: [String: Timestamp] = [:]
    /// Entries of `told` that differ from what is on disk.
    private(set) var unsaved: Set<String> = []

    var groupCount: Int { groups.count }

    /// The alerts of which something is to be told, or may be when they are kept quiet no longer.
    var waiting: Set<String> { groups.values.reduce(into: []) { $0.formUnion($1.members) } }

    /// The groups with their routes, for those who look.
    var all: [(route: Route, labels: LabelSet, members: Set<String>)] {
        groups.sorted { $0.key < $1.key }.map { ($0.value.route, $0.value.labels, $0.value.members) }
    }

    init(told: [String: Told] = [:]) { self.told = told }

    /// The entries that differ from what is on disk; they count as saved from now on.
    mutating func takeUnsaved() -> Set<String> {
        defer { unsaved = [] }
        return unsaved
    }

    /// All that is on disk is to be written again, in the system's time as it is now.
    mutating func markAllUnsaved() { unsaved.formUnion(told.keys) }

    /// Forgets the groups, because the routes have changed; what receivers were told is known still.
    mutating func reset() { (groups, places) = ([:], [:]) }

    /// A group as one receiver is told of it.
    struct Place: Sendable, Hashable {
        let key: String
        let receiver: String
    }

    /// What receivers know of an alert goes with it into the groups that it is in now, as far as they are told of these, and is
    /// kept for later routes where they are not. To be called when all alerts are in their groups.
    /// - Parameter alerts: every alert that is known, by fingerprint.
    /// - Returns: the names under which groups that are no more go on; of one that is parted, the first's.
    mutating func settle(_ alerts: [String: Alert]) -> [Place: String] {
        let present = Set(groups.flatMap { Self.ids($0.key, $0.value.route).map(\.id) })
        var astray: [(from: String, alert: String, time: Timestamp)] = []
        for (id, entry) in told.sorted(by: { $0.key < $1.key }) {
            let moved = entry.firing.filter { alert in !homes(of: alert).contains { $0.id == id } }
            astray += moved.sorted().map { (id, $0, entry.time) }
            if !present.contains(id) {
                note(nil, id)
            } else if !moved.isEmpty {
                note(Told(firing: entry.firing.subtracting(moved), resolved: entry.resolved, time: entry.time), id)
            }
        }
        var moves: [Place: String] = [:]
        for (from, alert, time) in astray where alerts[alert] != nil {
            let place = Self.place(from)
            let homes = homes(of: alert).filter { $0.receiver == place.receiver }.map(\.id)
            // What a receiver was told once it knows once, or it would be told the end twice.
            guard let home = homes.isEmpty ? Self.id(Self.astray, place.receiver) : homes.first(where: { !knows($0, alert) }) else {
                continue
            }
            var entry = told[home] ?? Told(firing: [], resolved: [], time: time)
            entry.firing.insert(alert)
            entry.time = min(entry.time, time)
            note(entry, home)
            if !homes.isEmpty, place.key != Self.astray, !present.contains(from), moves[place] == nil {
                moves[place] = Self.place(home).key
            }
        }
        return moves
    }

    private func knows(_ id: String, _ alert: String) -> Bool { told[id]?.firing.contains(alert) == true }

    /// Under which receivers are told of an alert.
    private func homes(of alert: String) -> [(id: String, receiver: String)] {
        (places[alert] ?? []).flatMap { key in groups[key].map { Self.ids(key, $0.route) } ?? [] }
    }

    /// Puts an alert that fires, or has ended, into its groups.
    /// - Parameters:
    ///   - now: the even time.
    ///   - since: when it began to fire, on the same clock.
    mutating func add(_ alert: Alert, route: Route, now: Timestamp, since: Timestamp) {
        if alert.state == .firing { fired[alert.fingerprint] = fired[alert.fingerprint] ?? min(since, now) }
        if alert.state == .resolved { fired[alert.fingerprint] = nil }
        if let known = places[alert.fingerprint], known.allSatisfy({ groups[$0]?.members.contains(alert.fingerprint) == true }) {
            return
        }
        // One that has ended before anybody could be told is told to nobody.
        var keys: [String] = []
        for node in route.destinations(of: alert.labels) where !node.receiver.isEmpty {
            let labels = node.groupLabels(of: alert.labels)
            let key = "\(node.path):\(labels.text)"
            keys.append(key)
            var group = groups[key] ?? Group(route: node, labels: labels, next: now.advanced(by: node.groupWait))
            group.members.insert(alert.fingerprint)
            groups[key] = group
        }
        places[alert.fingerprint] = keys.isEmpty ? nil : keys
    }

    /// Forgets a person's alerts and groups, and what was told of them.
    /// - Parameter gone: the fingerprints of the alerts.
    mutating func forget(_ erasure: Erasure, _ gone: Set<String>) {
        for fingerprint in gone {
            for key in places[fingerprint] ?? [] { groups[key]?.members.remove(fingerprint) }
            (fired[fingerprint], places[fingerprint]) = (nil, nil)
        }
        groups = groups.filter { !erasure.concerns($0.value.labels) }
        for id in told.keys where erasure.concerns(group: id) { note(nil, id) }
        forget(gone)
    }

    /// Forgets what was told of alerts that are known no more.
    /// - Parameter gone: their fingerprints.
    mutating func forget(_ gone: Set<String>) {
        for (id, entry) in told where !gone.isDisjoint(with: entry.firing) || !gone.isDisjoint(with: entry.resolved) {
            let (firing, resolved) = (entry.firing.subtracting(gone), entry.resolved.subtracting(gone))
            let isOver = firing.isEmpty && Self.place(id).key == Self.astray
            note(isOver ? nil : Told(firing: firing, resolved: resolved, time: entry.time), id)
        }
    }

    /// What is to be told now. Of what is silenced or inhibited nothing is told, nor that it ends (Alertmanager, notify/notify.go,
    /// MuteStage). An end that was kept quiet so is told afterwards to whom the beginning was: nothing stays open for ever.
    /// - Parameters:
    ///   - now: the even time.
    ///   - wall: the system's time, for messages.
    ///   - alerts: every alert that is known, by fingerprint.
    mutating func due(
        now: Timestamp, wall: Timestamp, alerts: [String: Alert], mutes: () -> MuteIndex, url: String?
    ) -> [Order] {
        var orders: [Order] = []
        var index: MuteIndex?
        for key in groups.keys.sorted() {
            guard var group = groups[key] else { continue }
            let isDue = group.next <= now
            guard isDue || !group.route.escalation.isEmpty else { continue }
            let muting = index ?? mutes()
            index = muting
            let members = group.members.compactMap { alerts[$0] }
            let muted = Set(members.filter(muting.isMuted).map(\.fingerprint))
            let audible = members.filter { !muted.contains($0.fingerprint) }
            if isDue {
                if let order = order(audible, muted, key, group.route.receiver, group, now, wall, url) {
                    orders.append(order)
                    note(order.told, order.id)
                }
                group.next = now.advanced(by: group.route.groupInterval)
            }
            for (place, step) in group.route.escalation.enumerated() {
                let id = "\(key)#\(place)"
                let known = told[Self.id(id, step.receiver)]?.firing ?? []
                let late = audible.filter { alert in
                    if alert.state == .resolved { return known.contains(alert.fingerprint) }
                    guard let since = fired[alert.fingerprint], alert.acknowledgement == nil else {
                        return known.contains(alert.fingerprint)
                    }
                    return known.contains(alert.fingerprint) || now.duration(since: since) >= step.after
                }
                guard let order = order(late, muted, id, step.receiver, group, now, wall, url) else { continue }
                orders.append(order)
                note(order.told, order.id)
            }
            let ids = Self.ids(key, group.route).map(\.id)
            if isDue {
                let open = muted.filter { alert in ids.contains { told[$0]?.firing.contains(alert) == true } }
                for alert in members where alert.state == .resolved && !open.contains(alert.fingerprint) {
                    group.members.remove(alert.fingerprint)
                    places[alert.fingerprint] = nil
                }
                for missing in group.members where alerts[missing] == nil { group.members.remove(missing) }
            }
            groups[key] = group.members.isEmpty ? nil : group
            guard group.members.isEmpty else { continue }
            for id in ids { note(nil, id) }
        }
        return orders
    }

    private mutating func note(_ entry: Told?, _ id: String) {
        guard entry != nil || told[id] != nil else { return }
        told[id] = entry
        unsaved.insert(id)
    }

    /// What one receiver is to be told of some alerts of a group; nothing when it knows all of it.
    /// - Parameter muted: the alerts of the group that are kept quiet.
    private func order(
        _ alerts: [Alert], _ muted: Set<String>, _ key: String, _ receiver: String, _ group: Group, _ now: Timestamp,
        _ wall: Timestamp, _ url: String?
    ) -> Order? {
        let id = Self.id(key, receiver)
        let firing = Set(alerts.filter { $0.state == .firing }.map(\.fingerprint))
        let resolved = Set(alerts.filter { $0.state == .resolved }.map(\.fingerprint))
        let before = told[id]
        let isNew: Bool
        if let before {
            let isLate = now.duration(since: before.time) >= group.route.repeatInterval
            let isForgotten = alerts.contains { $0.state == .firing && $0.acknowledgement == nil }
            let ended = resolved.intersection(before.firing)
            isNew = !firing.isSubset(of: before.firing) || !ended.isEmpty || (isLate && isForgotten)
        } else {
            isNew = !firing.isEmpty
        }
        guard isNew else { return nil }
        // Of what has ended only that is told which its receiver was told of when it began.
        let shown = alerts.filter { $0.state == .firing || before?.firing.contains($0.fingerprint) == true }
        let notification = Notification(
            receiver: receiver, groupKey: key, groupLabels: group.labels, alerts: shown, time: wall, url: url)
        let open = before?.firing.intersection(muted) ?? []
        let told = Told(firing: firing.union(open), resolved: resolved, time: now)
        return Order(id: id, notification: notification, told: told)
    }

    /// In place of a group's key, which is never empty.
    private static let astray = ""

    static func id(_ key: String, _ receiver: String) -> String { key + ">" + receiver }

    /// What an entry is of: no receiver has a `>` in its name, labels may.
    private static func place(_ id: String) -> Place {
        let end = id.lastIndex(of: ">") ?? id.startIndex
        return Place(key: String(id[..<end]), receiver: String(id[end...].dropFirst()))
    }

    /// Under which the receivers of a group and of its escalations are kept.
    private static func ids(_ key: String, _ route: Route) -> [(id: String, receiver: String)] {
        [(id(key, route.receiver), route.receiver)]
            + route.escalation.enumerated().map { (id("\(key)#\($0)", $1.receiver), $1.receiver) }
    }
}
