package import AnalyticsAPI
import Primitives

/// Judges rules over streams of measurements. A measurement touches the windows of its series; a round looks only at windows that
/// were touched or whose time has come.
package struct Evaluator: Sendable {
    package struct Limits: Sendable {
        /// Series of which is remembered where their values go; what others go into is found out each time.
        package var series = 100_000
        /// Groups of one rule.
        package var groups = 20_000

        package init() {}
    }

    /// A change of an alert's state, for whoever tells of it.
    package struct Change: Sendable {
        let rule: AlertRule
        let labels: LabelSet
        let step: RuleProgram.Step
        let value: Double
    }

    /// Where a series' values go.
    private struct Target {
        let program: Int32
        let group: Int32
        let isOther: Bool
        let withSketch: Bool
    }

    private let limits: Limits
    private(set) var programs: [RuleProgram] = []
    private var series: [SeriesKey: [Target]] = [:]
    /// By type: programs, and whether it is a ratio's second part.
    private var listeners: [String: [(program: Int, selector: AlertRule.Selector, isOther: Bool)]] = [:]
    /// Rows of groups that are gone.
    private(set) var gone: [WindowRow.Key] = []

    package init(limits: Limits = Limits()) { self.limits = limits }

    package var seriesCount: Int { series.count }
    /// How often a rule had too many groups to watch another one.
    package var turnedAway: Int { programs.reduce(0) { $0 + $1.turnedAway } }
    package var groupCount: Int { programs.reduce(0) { $0 + $1.groups.count } }

    /// Takes other rules. Windows of a rule that watches the same as before are kept, and so is what fires of those that are still
    /// there.
    /// - Parameter now: the even time, in milliseconds.
    package mutating func replace(_ rules: [AlertRule], now: Int64) {
        var earlier = Dictionary(uniqueKeysWithValues: programs.map { ($0.rule.name, $0) })
        programs = rules.map { rule in
            var program = RuleProgram(rule, from: now)
            guard let old = earlier.removeValue(forKey: rule.name) else { return program }
            if WindowRow.signature(old.rule) == WindowRow.signature(rule) {
                (program.groups, program.index) = (old.groups, old.index)
                (program.completeFrom, program.turnedAway) = (old.completeFrom, old.turnedAway)
                for place in program.groups.indices {
                    program.groups[place].isTouched = true
                    // Its alert is another one now.
                    if old.rule.labels != rule.labels { program.groups[place].phase = .inactive }
                }
            } else {
                gone += old.groups.map { WindowRow.Key(rule: rule.name, values: $0.values) }
            }
            return program
        }
        gone += earlier.values.flatMap { program in
            program.groups.map { WindowRow.Key(rule: program.rule.name, values: $0.values) }
        }
        listen()
    }

    /// The alerts that rules' groups stand for now.
    var activeFingerprints: Set<String> {
        var found: Set<String> = []
        for program in programs {
            for group in program.groups where group.phase != .inactive { found.insert(program.labels(group).fingerprint) }
        }
        return found
    }

    private mutating func listen() {
        listeners = [:]
        for (place, program) in programs.enumerated() {
            switch program.rule.definition.kind {
            case .threshold(let selector, _, _), .absence(let selector), .change(let selector, _, _):
                listeners[selector.metric, default: []].append((place, selector, false))
            case .ratio(let errors, let all, _, _):
                listeners[errors.metric, default: []].append((place, errors, false))
                listeners[all.metric, default: []].append((place, all, true))
            }
        }
        series = [:]
    }

    /// Takes a measurement.
    /// - Parameters:
    ///   - time: when it was made, on the even clock, in milliseconds; what lies ahead counts as now.
    package mutating func take(_ measurement: Measurement, at time: Int64, now: Int64) {
        guard measurement.value.isFinite, listeners[measurement.type] != nil else { return }
        let key = SeriesKey(measurement)
        let targets: [Target]
        if let known = series[key] {
            targets = known
        } else {
            targets = self.targets(of: key, now: now)
            if series.count < limits.series { series[key] = targets }
        }
        for target in targets {
            let place = Int(target.program)
            let oldest = now - programs[place].slots * programs[place].slotLength
            guard time > oldest else { continue }
            programs[place].add(
                measurement.value, at: min(time, now), to: Int(target.group), isOther: target.isOther, withSketch: target.withSketch
            )
        }
    }

    private mutating func targets(of key: SeriesKey, now: Int64) -> [Target] {
        var targets: [Target] = []
        for (place, selector, isOther) in listeners[key.type] ?? [] where key.fits(selector) {
            let values = programs[place].rule.definition.by.map(key.value)
            guard let group = programs[place].group(values, now: now, limit: limits.groups) else { continue }
            targets.append(
                Target(program: Int32(place), group: Int32(group), isOther: isOther, withSketch: programs[place].usesSketch))
        }
        return targets
    }

    /// Judges all that needs it.
    /// - Parameters:
    ///   - now: the even time, in milliseconds.
    ///   - hearing: when no measurement could be missed, on the same clock.
    package mutating func round(now: Int64, hearing: Hearing) -> [Change] {
        var changes: [Change] = []
        for place in programs.indices {
            for group in programs[place].groups.indices {
                guard let (step, value) = programs[place].judge(group, now: now, hearing: hearing) else { continue }
                let program = programs[place]
                changes.append(Change(rule: program.rule, labels: program.labels(program.groups[group]), step: step, value: value))
            }
        }
        return changes
    }

    /// Lets go of groups that hold nothing any more, and of the series that led to them.
    package mutating func compact(now: Int64) -> [Change] {
        var changes: [Change] = []
        for place in programs.indices {
            let program = programs[place]
            let keep = program.rule.keep.milliseconds
            let isAbsence = if case .absence = program.rule.definition.kind { true } else { false }
            func isGone(_ group: RuleProgram.Group) -> Bool {
                guard !program.rule.definition.by.isEmpty else { return false }
                if isAbsence { return now - group.lastSeen >= keep + program.rule.definition.window.milliseconds }
                return group.main.isEmpty && group.other.isEmpty && group.phase == .inactive
            }
            let leaving = program.groups.filter(isGone)
            guard !leaving.isEmpty else { continue }
            for group in leaving where group.phase != .inactive {
                changes.append(Change(rule: program.rule, labels: program.labels(group), step: .ended, value: 0))
            }
            remove(from: place, where: isGone)
        }
        series = [:]
        return changes
    }

    /// Lets go of the groups of a person.
    mutating func forget(_ erasure: Erasure) {
        for place in programs.indices {
            let names = programs[place].rule.definition.by
            remove(from: place) { group in
                erasure.concerns(Dictionary(zip(names, group.values)) { $1 })
            }
        }
        series = [:]
    }

    private mutating func remove(from place: Int, where isGone: (RuleProgram.Group) -> Bool) {
        gone += programs[place].groups.filter(isGone).map { WindowRow.Key(rule: programs[place].rule.name, values: $0.values) }
        programs[place].groups.removeAll(where: isGone)
        programs[place].index = Dictionary(uniqueKeysWithValues: programs[place].groups.enumerated().map { ($1.values, $0) })
    }

    /// Groups that differ from what is on disk; they count as saved from now on.
    mutating func takeUnsaved(offset: Int64) -> (rows: [WindowRow], gone: [WindowRow.Key]) {
        var rows: [WindowRow] = []
        for place in programs.indices {
            for group in programs[place].groups.indices where programs[place].groups[group].isUnsaved {
                programs[place].groups[group].isUnsaved = false
                rows.append(WindowRow(programs[place], programs[place].groups[group], offset: offset))
            }
        }
        defer { gone = [] }
        return (rows, gone)
    }

    /// All that is on disk is to be written again, in the system's time as it is now.
    mutating func markAllUnsaved() {
        for place in programs.indices {
            for group in programs[place].groups.indices { programs[place].groups[group].isUnsaved = true }
        }
    }

    /// Puts back what an earlier process has saved.
    /// - Parameters:
    ///   - now: the even time, which a process begins with as the system has it.
    ///   - lastSaved: when the earlier process wrote for the last time.
    mutating func restore(_ rows: [WindowRow], now: Int64, lastSaved: Int64?) {
        let places = Dictionary(uniqueKeysWithValues: programs.enumerated().map { ($1.rule.name, $0) })
        for row in rows {
            guard let place = places[row.key.rule], row.slotLength == programs[place].slotLength,
                row.signature == WindowRow.signature(programs[place].rule),
                let group = programs[place].group(row.key.values, now: now, limit: limits.groups)
            else {
                gone.append(row.key)
                continue
            }
            row.apply(to: &programs[place], group: group, now: now)
        }
        // What the studio measures itself nobody measured in between.
        for place in programs.indices where programs[place].rule.isOwn {
            let span = programs[place].span
            guard let lastSaved, now - lastSaved > Hearing.tolerance(span) else { continue }
            programs[place].completeFrom = now + span
        }
    }
}
