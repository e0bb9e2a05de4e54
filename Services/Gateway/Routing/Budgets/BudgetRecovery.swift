package import Primitives

/// What was charged to an account because the process before this one died: its reservations and leases, at the most they could
/// cost.
package struct BudgetRecovery: Sendable, Hashable {
    package let budget: String
    package let subject: String
    package let periodStart: Timestamp
    package let charged: Money
}
