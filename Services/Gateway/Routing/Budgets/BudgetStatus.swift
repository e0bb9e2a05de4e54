package import Primitives

/// How an account stands.
package struct BudgetStatus: Sendable, Hashable {
    package let budget: Budget
    package let subject: String
    package let periodStart: Timestamp
    package let resets: Timestamp?
    package let spent: Money
    /// The most that calls under way may still cost.
    package let reserved: Money
    /// Of `spent`: what was charged at the most it could be, because the process died before it knew.
    package let unaccounted: Money

    package var left: Money { max(.zero, budget.limit - spent - reserved) }

    package var json: JSONValue {
        [
            "budget": budget.json, "subject": .string(subject), "period_start": .string(periodStart.iso8601),
            "resets": JSONValue(resets?.iso8601), "spent": spent.json, "reserved": reserved.json, "left": left.json,
            "unaccounted": unaccounted.json,
        ]
    }
}
