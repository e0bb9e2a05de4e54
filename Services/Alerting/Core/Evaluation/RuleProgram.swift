import Primitives

/// A rule at work: its groups, each with windows and a phase. All times are of the even clock, in milliseconds.
struct RuleProgram: Sendable {
    enum Phase: Sendable, Hashable {
        case inactive
        case pending(since: Int64)
        case firing(since: Int64)

        var isFiring: Bool { if case .firing = self { true } else { false } }
    }

    /// One combination of the values of the rule's `by`.
    struct Group: Sendable {
        let values: [String]
        var main = Window()
        /// Of a ratio: what the first is measured by.
        var other = Window()
        var lastSeen: Int64
        var phase = Phase.inactive
        /// Something came since it was judged last.
        var isTouched = true
        /// It differs from what is on disk.
        var isUnsaved = true
        /// When time alone changes its value.
        var nextCheck = Int64.min
        /// Of its alert, once there was one.
        var fingerprint: String?
    }

    /// Buckets of a window.
    private static let fineness: Int64 = 30
    let rule: AlertRule
    /// Milliseconds of a bucket.
    let slotLength: Int64
    /// Buckets that are kept. The youngest is filled only in part: with one more than its length needs, a window holds at least as
    /// much as it says.
    let slots: Int64
    /// Milliseconds after which the buckets hold all that is judged: the window, and of a change the one before it too.
    let span: Int64
    var groups: [Group] = []
    var index: [[String]: Int] = [:]
    /// From when on the windows hold all that there was.
    var completeFrom: Int64
    /// Groups that were not watched, because there were too many.
    var turnedAway = 0

    init(_ rule: AlertRule, from: Int64) {
        self.rule = rule
        let window = rule.definition.window.milliseconds
        slotLength = max(100, (window + Self.fineness - 1) / Self.fineness)
        let count = (window + slotLength - 1) / slotLength
        if case .change = rule.definition.kind {
            // Two windows, of which neither has a bucket more than the other: a steady rate would seem to rise.
            (slots, span) = (2 * count, 2 * window)
        } else {
            (slots, span) = (count + 1, window)
        }
        completeFrom = from + span
        // Without groups there is one from the beginning: what never came is absent, and a sum of nothing is zero.
        if rule.definition.by.isEmpty { _ = group([], now: from, limit: 1) }
    }

    var usesSketch: Bool {
        switch rule.definition.kind {
        case .threshold(_, .quantile, _), .change(_, .quantile, _): true
        default: false
        }
    }

    func slot(_ time: Int64) -> Int64 { time / slotLength }

    /// The index of a group, which is made when there is none.
    /// - Returns: `nil` when there are too many.
    mutating func group(_ values: [String], now: Int64, limit: Int) -> Int? {
        if let known = index[values] { return known }
        guard groups.count < limit else {
            turnedAway += 1
            return nil
        }
        groups.append(Group(values: values, lastSeen: now))
        index[values] = groups.count - 1
        return groups.count - 1
    }

    mutating func add(_ value: Double, at time: Int64, to group: Int, isOther: Bool, withSketch: Bool) {
        let slot = slot(time)
        if isOther {
            groups[group].other.add(value, slot: slot, withSketch: false)
        } else {
            groups[group].main.add(value, slot: slot, withSketch: withSketch)
        }
        if time > groups[group].lastSeen { groups[group].lastSeen = time }
        groups[group].isTouched = true
        groups[group].isUnsaved = true
    }

    /// The labels of a group's alert.
    func labels(_ group: Group) -> LabelSet {
        var labels = rule.labels
        for (name, value) in zip(rule.definition.by, group.values) where !value.isEmpty { labels[name] = value }
        return labels
    }
}
