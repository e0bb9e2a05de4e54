import AnalyticsAPI
package import Primitives

/// A key figure: its name, what it means and the sums it is made of.
package struct Indicator: Sendable {
    /// How sums become the figure.
    package enum Formula: Sendable {
        /// Sums of types together, times a factor.
        case sum([String], factor: Double)
        /// A type's sum divided by how many values there were.
        case mean(String)
        /// A sum divided by another, times a factor.
        case ratio([String], [String])
        /// One less a ratio.
        case rest([String], [String])
        /// A sum divided by another, of those scripts alone that measured the other: what others told has nothing to do with it.
        case each(String, of: String)

        /// In words of the types.
        package var text: String {
            switch self {
            case .sum(let types, let factor): Self.sum(types) + (factor == 1 ? "" : factor == 1 / 3600 ? " / 3600" : " × \(factor)")
            case .mean(let type): "Σ \(type) / n(\(type))"
            case .ratio(let above, let below): "\(Self.sum(above)) / \(Self.sum(below))"
            case .rest(let above, let below): "1 − \(Self.sum(above)) / \(Self.sum(below))"
            case .each(let above, let below): "Σ \(above) / Σ \(below), of scripts with \(below)"
            }
        }

        /// The types whose rows the figure is made of.
        package var types: [String] {
            switch self {
            case .sum(let types, _): types
            case .mean(let type): [type]
            case .ratio(let above, let below), .rest(let above, let below): above + below
            case .each(let above, let below): [above, below]
            }
        }

        /// The type that a script must have measured for its rows to count; `nil` where those of all scripts do.
        package var condition: String? {
            if case .each(_, let below) = self { below } else { nil }
        }

        private static func sum(_ types: [String]) -> String {
            let text = types.map { "Σ \($0)" }.joined(separator: " + ")
            return types.count > 1 ? "(\(text))" : text
        }

        /// - Returns: `nil` where nothing was measured that could be divided by.
        func value(_ sum: (String) throws -> Amount) rethrows -> Double? {
            func total(_ types: [String]) throws -> Double { try types.reduce(0) { $0 + (try sum($1)).sum } }
            switch self {
            case .sum(let types, let factor): return try total(types) * factor
            case .mean(let type):
                let sum = try sum(type)
                return sum.count > 0 ? sum.sum / sum.count : nil
            case .ratio(let above, let below):
                let divisor = try total(below)
                return divisor != 0 ? try total(above) / divisor : nil
            case .rest(let above, let below):
                let divisor = try total(below)
                return divisor != 0 ? 1 - (try total(above)) / divisor : nil
            case .each(let above, let below):
                let divisor = try total([below])
                return divisor != 0 ? try total([above]) / divisor : nil
            }
        }
    }

    package let name: String
    package let title: String
    /// Of the figure: `1` for a share, `USD`, `s`, `h`, `B`, or what is counted.
    package let unit: String
    package let formula: Formula

    /// The twenty that the overview shows. What the types mean stands at `MetricType`.
    package static let all = [
        Indicator(name: "jobs", title: "Jobs ended", unit: "jobs", formula: .sum([MetricType.jobs], factor: 1)),
        Indicator(
            name: "job_success_rate", title: "Jobs that did not fail", unit: "1",
            formula: .rest([MetricType.jobsFailed], [MetricType.jobs])),
        Indicator(
            name: "job_reuse_rate", title: "Jobs answered with an earlier result", unit: "1",
            formula: .ratio([MetricType.cachedJobs], [MetricType.jobs])),
        Indicator(
            name: "waiting_time", title: "Mean waiting time", unit: "s", formula: .mean(MetricType.waitingSeconds)),
        Indicator(
            name: "processing_time", title: "Mean processing time", unit: "s", formula: .mean(MetricType.processingSeconds)),
        Indicator(
            name: "cpu_hours", title: "Processor time", unit: "h", formula: .sum([MetricType.cpuSeconds], factor: 1 / 3600)),
        Indicator(
            name: "media_hours", title: "Media worked on", unit: "h", formula: .sum([MetricType.mediaSeconds], factor: 1 / 3600)),
        Indicator(
            name: "cpu_per_media", title: "Processor seconds for a second of media", unit: "s/s",
            formula: .each(MetricType.cpuSeconds, of: MetricType.mediaSeconds)),
        Indicator(
            name: "bytes", title: "Bytes read and written", unit: "B",
            formula: .sum([MetricType.bytesIn, MetricType.bytesOut], factor: 1)),
        Indicator(
            name: "videos_processed", title: "Videos processed", unit: "videos",
            formula: .sum([MetricType.videosProcessed], factor: 1)),
        Indicator(
            name: "captions_generated", title: "Captions made", unit: "captions",
            formula: .sum([MetricType.captionsGenerated], factor: 1)),
        Indicator(name: "runs", title: "Runs ended", unit: "runs", formula: .sum([MetricType.runs], factor: 1)),
        Indicator(
            name: "run_success_rate", title: "Runs that did well", unit: "1",
            formula: .ratio([MetricType.runsSucceeded], [MetricType.runs])),
        Indicator(name: "errors", title: "Errors", unit: "errors", formula: .sum([MetricType.errors], factor: 1)),
        Indicator(name: "llm_calls", title: "Calls of models", unit: "calls", formula: .sum([MetricType.llmCalls], factor: 1)),
        Indicator(
            name: "llm_cache_hit_rate", title: "Calls answered from the cache", unit: "1",
            formula: .ratio([MetricType.llmCacheHits], [MetricType.llmCalls])),
        Indicator(name: "llm_latency", title: "Mean time of a call of a model", unit: "s", formula: .mean(MetricType.llmSeconds)),
        Indicator(name: "cost", title: "Cost", unit: "USD", formula: .sum([MetricType.cost], factor: 1)),
        Indicator(
            name: "cost_per_video", title: "All costs for each video", unit: "USD",
            formula: .ratio([MetricType.cost], [MetricType.videosProcessed])),
        Indicator(
            name: "cost_per_call", title: "Cost of a call of a model", unit: "USD",
            formula: .each(MetricType.cost, of: MetricType.llmCalls)),
    ]

    /// - Returns: `nil` when there is none of that name.
    package static func named(_ name: String) -> Indicator? { all.first { $0.name == name } }
}

extension AnalyticsQueries {
    /// An indicator's figure for a period of whole days.
    package func value(of indicator: Indicator, in period: Period) throws -> Double? {
        let scripts = try self.scripts(of: indicator, in: period)
        return try indicator.formula.value { Amount(try total($0, of: scripts, in: period)) }
    }

    /// The scripts whose rows an indicator is made of, for a period of whole days.
    /// - Returns: `nil` for all.
    package func scripts(of indicator: Indicator, in period: Period) throws -> Set<Int64>? {
        try indicator.formula.condition.map { Set(try sumsByScript($0, in: period).keys) }
    }

    /// Its figure of each script alone, for a period of whole days; scripts without one are left out.
    /// - Returns: the largest first.
    package func values(of indicator: Indicator, in period: Period) throws -> [(script: String, value: Double)] {
        var scripts: [Int64: [String: Amount]] = [:]
        for type in indicator.formula.types {
            for (script, sum) in try sumsByScript(type, in: period) { scripts[script, default: [:]][type] = Amount(sum) }
        }
        let values = try scripts.compactMap { script, amounts in
            try indicator.formula.value { amounts[$0] ?? Amount() }.map { (script: try name(script), value: $0) }
        }
        return values.sorted { ($1.value, $0.script) < ($0.value, $1.script) }
    }

    /// Its figure for as long a time just before: of a period that is not over, for as much as is over of it, so that a morning
    /// is compared with mornings.
    package func value(of indicator: Indicator, before period: Period, now: Timestamp) throws -> Double? {
        let earlier = period.before
        let end = earlier.from.advanced(by: min(period.to, max(period.from, now)).duration(since: period.from))
        let scripts = try indicator.formula.condition.map { try self.scripts(measuring: $0, from: earlier.from, until: end) }
        return try indicator.formula.value { try amount($0, of: scripts, from: earlier.from, until: end) }
    }
}
