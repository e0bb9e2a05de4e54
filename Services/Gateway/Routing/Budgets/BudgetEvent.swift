package import Primitives

/// A threshold was reached; given once for each threshold and period.
package struct BudgetEvent: Sendable, Hashable {
    package let budget: String
    package let scope: BudgetScope
    package let period: BudgetPeriod
    package let periodStart: Timestamp
    /// Per cent of the limit. 100 also when a call was refused although a little was left.
    package let threshold: Int
    package let spent: Money
    package let limit: Money

    package var json: JSONValue {
        [
            "budget": .string(budget), "scope": .string(scope.kind.rawValue), "subject": .string(scope.id),
            "period": .string(period.rawValue), "period_start": .string(periodStart.iso8601),
            "threshold_percent": JSONValue(threshold),
            "spent": spent.json, "limit": limit.json,
        ]
    }
}
