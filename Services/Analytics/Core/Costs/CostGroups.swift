package import AnalyticsAPI

/// What was paid for one of the things that costs are grouped by.
package struct CostGroup: Sendable {
    package let name: String
    package let cost: ExactSum
    /// Calls of models. What a script paid for otherwise, and told, is a cost without any.
    package let calls: Double
}

extension AnalyticsQueries {
    /// Costs by a label's values over whole days.
    /// - Returns: the dearest first.
    package func costs(by dimension: Dimension, in period: Period, limit: Int) throws -> [CostGroup] {
        let calls = Dictionary(uniqueKeysWithValues: try parts(dimension, type: MetricType.llmCalls, in: period))
        return try parts(dimension, type: MetricType.cost, in: period, limit: limit).map { value, cost in
            CostGroup(name: try name(value), cost: cost, calls: calls[value]?.sum ?? 0)
        }
    }

    /// Costs by script over whole days, likewise.
    package func costsByScript(in period: Period, limit: Int) throws -> [CostGroup] {
        let calls = try sumsByScript(MetricType.llmCalls, in: period)
        return try sumsByScript(MetricType.cost, in: period).sorted { $0.value.sum > $1.value.sum }.prefix(limit).map {
            script, cost in
            CostGroup(name: try name(script), cost: cost, calls: calls[script]?.sum ?? 0)
        }
    }
}
