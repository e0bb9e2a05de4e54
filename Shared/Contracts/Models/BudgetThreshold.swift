package import Primitives

/// A budget for language models has reached one of its thresholds; the data of the event `avstudio.budget.threshold`.
///
/// It is told once for each threshold and period, and again when it is not known whether the first time arrived.
package struct BudgetThreshold: Codable, Sendable {
    /// The CloudEvents type, and the subject it is told on.
    package static let type = "avstudio.budget.threshold"
    package static let messageSubject = Subjects.event(service: "gateway", "budget-threshold")

    /// The identifier of the budget.
    package var budget: String
    /// Whose spending it holds down: `key`, `user`, `organisation` or `session`.
    package var scope: String
    /// Which of them.
    package var subject: String
    /// `day`, `month` or `total`.
    package var period: String
    package var periodStart: Timestamp
    /// Per cent of the limit. 100 also when a call was refused although a little was left.
    package var thresholdPercent: Int
    /// In US dollars.
    package var spent: Double
    /// In US dollars.
    package var limit: Double

    private enum CodingKeys: String, CodingKey {
        case budget, scope, subject, period, spent, limit
        case periodStart = "period_start"
        case thresholdPercent = "threshold_percent"
    }

    package init(
        budget: String, scope: String, subject: String, period: String, periodStart: Timestamp, thresholdPercent: Int,
        spent: Double, limit: Double
    ) {
        (self.budget, self.scope, self.subject, self.period) = (budget, scope, subject, period)
        (self.periodStart, self.thresholdPercent, self.spent, self.limit) = (periodStart, thresholdPercent, spent, limit)
    }
}
