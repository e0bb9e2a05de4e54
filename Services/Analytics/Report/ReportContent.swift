import AnalyticsAPI
package import AnalyticsCore
package import Primitives

/// What a report tells.
package struct ReportContent: Sendable {
    struct Figure: Sendable {
        let indicator: Indicator
        let value: Double?
        let before: Double?
    }

    struct Chart: Sendable {
        let title: String
        let unit: String
        /// One for each day.
        let values: [Double]
    }

    struct Script: Sendable {
        let name: String
        let events: Int64
        let errors: Double
        let cost: Double
    }

    let period: Period
    let made: Timestamp
    let figures: [Figure]
    let charts: [Chart]
    let scripts: [Script]
    let projection: CostProjection
    /// Lines about days that do not fit.
    let anomalies: [String]

    /// Collects a report over whole days.
    package init(_ queries: AnalyticsQueries, in period: Period, now: Timestamp) throws {
        (self.period, made) = (period, now)
        figures = try Indicator.all.map { indicator in
            try Figure(
                indicator: indicator, value: queries.value(of: indicator, in: period),
                before: queries.value(of: indicator, before: period, now: now))
        }
        let watched = [
            ("Jobs", "jobs", MetricType.jobs), ("Errors", "errors", MetricType.errors), ("Runs", "runs", MetricType.runs),
            ("Calls of models", "calls", MetricType.llmCalls), ("Cost", "USD", MetricType.cost),
            ("Media worked on", "s", MetricType.mediaSeconds),
        ]
        charts = try watched.map { title, unit, type in
            try Chart(title: title, unit: unit, values: Self.daily(queries, type, period))
        }
        scripts = try queries.scripts(in: period).map { name, types in
            func sum(_ type: String) -> Double { types.first { $0.type == type }?.sum.sum ?? 0 }
            return Script(
                name: name, events: types.reduce(0) { $0 + $1.sum.count }, errors: sum(MetricType.errors),
                cost: sum(MetricType.cost))
        }.sorted { ($0.cost, $0.events) > ($1.cost, $1.events) }
        projection = try queries.costProjection(now: now)
        anomalies = try watched.flatMap { title, _, type in
            try queries.anomalies(type: type, now: now).filter { $0.day >= period.from && $0.day < period.to }.map { day, finding in
                "\(day.iso8601.prefix(10)) \(title): \(Figures.short(finding.value)) where \(Figures.short(finding.expected)) "
                    + "was to be expected"
            }
        }
    }

    private static func daily(_ queries: AnalyticsQueries, _ type: String, _ period: Period) throws -> [Double] {
        let day: Int64 = 86_400_000
        var values = [Double](repeating: 0, count: Int((period.to.milliseconds - period.from.milliseconds) / day))
        for point in try queries.totals(.day, type: type, in: period) {
            let place = Int((point.time.milliseconds - period.from.milliseconds) / day)
            if values.indices.contains(place) { values[place] = point.sum.sum }
        }
        return values
    }
}
