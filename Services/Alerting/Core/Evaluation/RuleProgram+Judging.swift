import Primitives

extension RuleProgram {
    /// What became of a group.
    enum Step: Sendable, Hashable {
        case pending(since: Int64)
        case firing(since: Int64)
        /// It fires still, with another value.
        case updated
        case ended
    }

    /// Judges one group.
    /// - Parameter hearing: when nothing that was sent could be missed.
    /// - Returns: `nil` when nothing has changed that anybody would be told.
    mutating func judge(_ place: Int, now: Int64, hearing: Hearing) -> (step: Step, value: Double)? {
        let isTouched = groups[place].isTouched
        guard isTouched || now >= groups[place].nextCheck else { return nil }
        groups[place].isTouched = false
        let first = slot(now) - slots + 1
        groups[place].main.expire(before: first)
        groups[place].other.expire(before: first)
        let value = value(of: groups[place], now: now)
        let isBroken: Bool
        var isComplete = true
        switch rule.definition.kind {
        case .absence:
            // While nothing can be heard, nothing is known to be missing.
            guard hearing.isHeard(now: now) else {
                groups[place].nextCheck = now + 1000
                return nil
            }
            let window = rule.definition.window.milliseconds
            isBroken =
                now - groups[place].lastSeen >= window
                && (groups[place].phase.isFiring || hearing.silence(from: groups[place].lastSeen, window: window) >= window)
        case .threshold(_, _, let bound), .change(_, _, let bound), .ratio(_, _, let bound, _):
            isComplete = now >= completeFrom && (rule.isOwn || hearing.covers(span, now: now))
            // What only seems so because a part of the window was not watched; beside half a window any whole one is a rise.
            let isChange = if case .change = rule.definition.kind { true } else { false }
            let seems = (bound.isLower || isChange) && !isComplete
            let breaks = value.map(bound.isBroken) ?? false
            isBroken = breaks && !seems || groups[place].phase.isFiring && !isComplete
        }
        let change = advance(place, isBroken: isBroken, now: now)
        groups[place].nextCheck = nextCheck(of: groups[place], now: now)
        // It may be so without any news, when what was missed has left the window.
        if !isComplete { groups[place].nextCheck = min(groups[place].nextCheck, now + 1000) }
        if change == .updated, !isTouched { return nil }
        return change.map { ($0, value ?? 0) }
    }

    private mutating func advance(_ place: Int, isBroken: Bool, now: Int64) -> Step? {
        let hold = rule.hold.milliseconds
        switch (groups[place].phase, isBroken) {
        case (.inactive, false): return nil
        case (.inactive, true):
            groups[place].isUnsaved = true
            groups[place].phase = hold > 0 ? .pending(since: now) : .firing(since: now)
            return hold > 0 ? .pending(since: now) : .firing(since: now)
        case (.pending(let since), true):
            guard now - since >= hold else { return nil }
            groups[place].isUnsaved = true
            groups[place].phase = .firing(since: since)
            return .firing(since: since)
        case (.firing, true): return .updated
        case (.pending, false), (.firing, false):
            groups[place].isUnsaved = true
            groups[place].phase = .inactive
            return .ended
        }
    }

    private func value(of group: Group, now: Int64) -> Double? {
        switch rule.definition.kind {
        case .threshold(_, let function, _): return group.main.value(function)
        case .absence: return Double(now - group.lastSeen) / 1000
        case .change(_, let function, _):
            let (before, after) = group.main.split(at: slot(now) - slots / 2 + 1)
            guard let old = before.value(function), let new = after.value(function), old != 0 else { return nil }
            return (new - old) / abs(old) * 100
        case .ratio(_, _, _, let minimum):
            let all = group.other.total.sum
            return all >= minimum && all > 0 ? group.main.total.sum / all : nil
        }
    }

    private func nextCheck(of group: Group, now: Int64) -> Int64 {
        var next = Int64.max
        for oldest in [group.main.buckets.first?.slot, group.other.buckets.first?.slot] {
            if let oldest { next = min(next, (oldest + slots) * slotLength) }
        }
        // Buckets pass from one half into the other.
        if case .change = rule.definition.kind, !group.main.isEmpty { next = min(next, (slot(now) + 1) * slotLength) }
        if case .absence = rule.definition.kind { next = min(next, group.lastSeen + rule.definition.window.milliseconds) }
        if case .pending(let since) = group.phase { next = min(next, since + rule.hold.milliseconds) }
        if now < completeFrom { next = min(next, completeFrom) }
        return max(next, now + 100)
    }
}
