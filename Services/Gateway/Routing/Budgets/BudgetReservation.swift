import Synchronization

/// Money kept for one call. It ends once, by `Budgets.settle` or `release`; a second time does nothing.
///
/// A reservation that is dropped without an end was a call of which nobody knows what it cost: it is charged in full.
package final class BudgetReservation: Sendable {
    private let budgets: Budgets
    let lines: [BudgetTable.Line]
    private let open: Mutex<Money?>

    init(_ budgets: Budgets, lines: [BudgetTable.Line], amount: Money) {
        (self.budgets, self.lines) = (budgets, lines)
        open = Mutex(amount)
    }

    deinit {
        if let amount = end() { budgets.close(lines, reserved: amount, charge: amount) }
    }

    /// What is kept now; zero after the end.
    package var amount: Money { open.withLock { $0 ?? .zero } }

    /// Ends it.
    /// - Returns: what was kept; `nil` when it had ended before.
    func end() -> Money? {
        open.withLock { $0.take() }
    }

    /// Changes the amount while it is open.
    /// - Parameter body: gets the amount as it is; returns whether it was changed.
    func change<T>(to amount: Money, _ body: (Money) -> (isChanged: Bool, value: T)) -> T? {
        open.withLock { current in
            guard let old = current else { return nil }
            let (isChanged, value) = body(old)
            if isChanged { current = amount }
            return value
        }
    }
}
