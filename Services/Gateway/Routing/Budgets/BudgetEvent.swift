package import Primitives

/// A threshold was reached; given once for each threshold and period.
package struct BudgetEvent: Sendable, Hashable {
    package let budget: String
    package let scope: BudgetScope
    package let period: BudgetPeriod
    package let periodStart: Timestamp
    /// Per cent of the limit. 100 also when a call was refused and less than a twentieth was left.
    package let threshold: Int
    package let spent: Money
    package let limit: Money
}
