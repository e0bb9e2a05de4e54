package import Primitives

/// A budget's threshold was reached; told once for each threshold, account and period.
package struct BudgetThreshold: Codable, Sendable {
    /// The budget's identifier.
    package let budget: String
    /// `key`, `user`, `organisation` or `session`.
    package let scope: String
    /// Whose account of the budget it is.
    package let subject: String
    /// `day`, `month` or `total`.
    package let period: String
    package let periodStart: Timestamp
    /// Per cent of the limit.
    package let thresholdPercent: Int
    /// In US dollars.
    package let spent: Double
    /// In US dollars.
    package let limit: Double

    package init(
        budget: String, scope: String, subject: String, period: String, periodStart: Timestamp, thresholdPercent: Int,
        spent: Double, limit: Double
    ) {
        (self.budget, self.scope, self.subject, self.period) = (budget, scope, subject, period)
        (self.periodStart, self.thresholdPercent, self.spent, self.limit) = (periodStart, thresholdPercent, spent, limit)
    }

    enum CodingKeys: String, CodingKey {
        case budget, scope, subject, period, spent, limit
        case periodStart = "period_start"
        case thresholdPercent = "threshold_percent"
    }
}
