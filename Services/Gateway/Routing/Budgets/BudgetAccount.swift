import Primitives

/// What is spent from one budget by one subject in one period.
///
/// The rule that makes a crash harmless: `spent + reserved` is never let above `ceiling`, and the disk says at every moment that at
/// least `ceiling` is gone. Whoever reads the disk after a crash finds no less than what was really spent.
///
/// A class, because every call looks at it in several places; it never leaves its table, which is used under one lock.
final class BudgetAccount {
    /// What an account is called on disk.
    struct Name: Hashable {
        let budget: String
        let subject: String
        /// Milliseconds of the period's first moment.
        let start: Int64
    }

    /// How an account stands on disk, and the events that become true with it.
    struct Row: Sendable {
        let slot: Int
        let budget: String
        let subject: String
        let start: Int64
        let spent: Int64
        /// Gone as far as the disk knows, though not spent yet: reservations, and room for some more.
        let leased: Int64
        let unaccounted: Int64
        let notified: Int
        /// When something was last reserved, in milliseconds.
        let used: Int64
        let events: [BudgetEvent]

        var ceiling: Int64 { spent + leased }
    }

    private(set) var budget: Budget
    let name: Name
    private(set) var end: Int64
    private(set) var spent: Int64
    private(set) var reserved: Int64 = 0
    let unaccounted: Int64
    /// What is gone as far as the disk knows.
    private(set) var ceiling: Int64
    /// The highest threshold that was told.
    private var notified: Int
    private var events: [BudgetEvent] = []
    /// What callers wait for above the ceiling.
    private var wanted: Int64 = 0
    /// Room to lease beyond what is reserved; it follows the traffic.
    private var headroom: Int64 = 0
    private var admitted: Int64 = 0
    /// The thresholds that are still to be told, with their amounts, the highest first.
    private var levels: [(threshold: Int, amount: Int64)] = []
    /// When something was last reserved, in milliseconds.
    private(set) var lastUse: Int64
    /// Whether the disk differs.
    private(set) var isDirty = false

    init(budget: Budget, name: Name, end: Int64?, spent: Int64, unaccounted: Int64, notified: Int, now: Int64) {
        (self.budget, self.name, self.end, self.spent) = (budget, name, end ?? .max, spent)
        (self.unaccounted, self.ceiling, self.notified, lastUse) = (unaccounted, spent, notified, now)
        setLevels()
    }

    /// Takes another limit and other thresholds, and another end when a budget of this name is made anew with another period.
    func change(_ budget: Budget) {
        if budget.period != self.budget.period {
            end = budget.period.end(of: Timestamp(milliseconds: name.start))?.milliseconds ?? .max
        }
        self.budget = budget
        setLevels()
    }

    private func setLevels() {
        levels = budget.thresholds.filter { $0 > notified }.sorted(by: >).map { threshold in
            // In 128 bits, where no multiplication overflows; rounded up, so that 80 % is never told below 80 %.
            (threshold, Int64((Int128(budget.limit.nanoDollars) * Int128(threshold) + 99) / 100))
        }
    }

    var left: Int64 { budget.limit.nanoDollars - spent - reserved }
    /// Whether it can be forgotten: the disk knows all of it.
    var isAtRest: Bool { reserved == 0 && !isDirty && ceiling == spent }

    /// Whether an amount stays within what the disk knows to be gone.
    func isCovered(_ amount: Int64) -> Bool { spent + reserved + amount <= ceiling }

    func want(_ amount: Int64) {
        wanted = min(wanted + amount, Money.maximum.nanoDollars)
        isDirty = true
    }

    func reserve(_ amount: Int64, now: Int64) {
        reserved += amount
        admitted += amount
        lastUse = max(lastUse, now)
        isDirty = true
    }

    /// Changes a reservation.
    func resize(_ old: Int64, to new: Int64) {
        reserved += new - old
        isDirty = true
    }

    /// Whether a growing lease should be written before somebody has to wait for it.
    var runsLow: Bool { ceiling - spent - reserved < headroom / 2 && ceiling < budget.limit.nanoDollars }

    func settle(_ amount: Int64, charge: Int64) {
        reserved -= amount
        spent = min(spent + charge, Money.maximum.nanoDollars * 2)
        isDirty = true
        reach(spent)
    }

    /// A call was refused. Where less than a twentieth is left the budget is used up as far as its owner can tell; where a call
    /// was too large, or calls under way keep what they will not use, it is not.
    func noteRefusal() {
        let limit = budget.limit.nanoDollars
        reach(spent > limit - limit / 20 ? max(spent, limit) : spent)
    }

    /// Notes the thresholds that an amount reaches.
    private func reach(_ amount: Int64) {
        while let level = levels.last, amount >= level.amount {
            levels.removeLast()
            events.append(
                BudgetEvent(
                    budget: budget.id, scope: BudgetScope(budget.kind, name.subject), period: budget.period,
                    periodStart: Timestamp(milliseconds: name.start), threshold: level.threshold, spent: Money(nanoDollars: spent),
                    limit: budget.limit))
            notified = level.threshold
            isDirty = true
        }
    }

    /// What to write now. From here the ceiling is the lower of the one on disk and the one on its way there.
    /// - Parameter idleSince: when nothing was reserved since then, nothing is leased beyond reservations.
    func beginWrite(slot: Int, idleSince: Int64) -> Row {
        // At most a twentieth of the limit: that is the most that a crash can charge beyond what calls under way could cost.
        let most = budget.limit.nanoDollars / 20
        headroom = lastUse <= idleSince ? 0 : min(most, max(2 * admitted, 4 * wanted, headroom - headroom / 8))
        let limit = max(budget.limit.nanoDollars, spent + reserved)
        let target = min(limit, spent + reserved + wanted + headroom)
        (admitted, wanted, isDirty) = (0, 0, false)
        ceiling = min(ceiling, target)
        defer { events = [] }
        return Row(
            slot: slot, budget: name.budget, subject: name.subject, start: name.start, spent: spent, leased: target - spent,
            unaccounted: unaccounted, notified: notified, used: lastUse, events: events)
    }

    func finishWrite(_ row: Row) { ceiling = row.ceiling }

    /// The write has failed: the ceiling stays at the lower of both, and events wait for the next one.
    func failWrite(_ row: Row) {
        events = row.events + events
        isDirty = true
    }

    func status() -> BudgetStatus {
        BudgetStatus(
            budget: budget, subject: name.subject, periodStart: Timestamp(milliseconds: name.start),
            resets: end == .max ? nil : Timestamp(milliseconds: end), spent: Money(nanoDollars: spent),
            reserved: Money(nanoDollars: reserved), unaccounted: Money(nanoDollars: unaccounted))
    }
}
