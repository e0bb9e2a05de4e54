import Primitives

/// All accounts in memory, and the rules that open them. Used under one lock; nothing here waits.
struct BudgetTable {
    /// Where a reservation is noted.
    struct Line: Sendable {
        let slot: Int
    }

    enum Outcome {
        case reserved([Line])
        case refused(BudgetRefusal)
        /// These accounts must be read from disk first.
        case unknown([BudgetScope])
        /// More must be leased on disk first.
        case uncovered
    }

    private(set) var budgets: [String: Budget] = [:]
    /// What the budgets do at their limits.
    private(set) var consequences: Set<Budget.AtLimit> = []
    private var specific: [BudgetScope: [Budget]] = [:]
    private var general: [BudgetScope.Kind: [Budget]] = [:]
    private var accounts: [BudgetAccount?] = []
    private var free: [Int] = []
    private var slots: [BudgetAccount.Name: Int] = [:]
    /// Which accounts a scope has now; filled as they are read.
    private var resolved: [BudgetScope: [Int]] = [:]
    private var dirty: Set<Int> = []
    /// Accounts with room leased beyond their reservations.
    private var leased: Set<Int> = []
    /// Changes with every account that is forgotten: what was read before may be old.
    private(set) var epoch = 0

    var count: Int { accounts.count - free.count }

    mutating func setBudgets(_ all: [Budget]) {
        budgets = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
        consequences = Set(all.map(\.atLimit))
        (specific, general, resolved) = ([:], [:], [:])
        for budget in all {
            if let subject = budget.subject {
                specific[BudgetScope(budget.kind, subject), default: []].append(budget)
            } else {
                general[budget.kind, default: []].append(budget)
            }
        }
        for slot in accounts.indices {
            if let changed = (accounts[slot]?.name.budget).flatMap({ budgets[$0] }) { accounts[slot]?.change(changed) }
        }
    }

    /// Reserves an amount in every account of the scopes, or in none.
    mutating func reserve(_ amount: Int64, for scopes: [BudgetScope], now: Int64) -> Outcome {
        var lines: [Line] = []
        var unknown: [BudgetScope] = []
        for scope in scopes where !specific.isEmpty || general[scope.kind] != nil {
            guard let slots = resolved[scope], slots.allSatisfy({ now < accounts[$0]?.end ?? 0 }) else {
                unknown.append(scope)
                continue
            }
            for slot in slots { lines.append(Line(slot: slot)) }
        }
        guard unknown.isEmpty else { return .unknown(unknown) }
        if let outcome = obstacle(amount, adding: amount, on: lines) { return outcome }
        for line in lines {
            accounts[line.slot]?.reserve(amount, now: now)
            touch(line.slot)
        }
        return .reserved(lines)
    }

    /// Changes the amount of a reservation everywhere, or nowhere.
    mutating func resize(_ lines: [Line], from old: Int64, to new: Int64) -> Outcome {
        if new > old, let outcome = obstacle(new, adding: new - old, on: lines) { return outcome }
        for line in lines {
            accounts[line.slot]?.resize(old, to: new)
            touch(line.slot)
        }
        return .reserved(lines)
    }

    /// What speaks against adding an amount: first the limits, then what is leased.
    private mutating func obstacle(_ asked: Int64, adding amount: Int64, on lines: [Line]) -> Outcome? {
        // What costs nothing can always be had.
        guard amount > 0 else { return nil }
        var refusal: BudgetRefusal?
        for line in lines {
            guard let left = accounts[line.slot]?.left, amount > left, let account = accounts[line.slot] else { continue }
            accounts[line.slot]?.noteRefusal()
            touch(line.slot)
            // Of several, one that stops: to move to something cheaper would not help there.
            if refusal != nil, account.budget.atLimit == .reroute { continue }
            refusal = BudgetRefusal(
                budget: account.budget, subject: account.name.subject, asked: Money(nanoDollars: asked),
                left: Money(nanoDollars: max(0, account.left)),
                resets: account.end == .max ? nil : Timestamp(milliseconds: account.end))
            if account.budget.atLimit == .stop { break }
        }
        if let refusal { return .refused(refusal) }
        var isCovered = true
        for line in lines where accounts[line.slot]?.isCovered(amount) == false {
            accounts[line.slot]?.want(amount)
            touch(line.slot)
            isCovered = false
        }
        return isCovered ? nil : .uncovered
    }

    /// Whether leases should be written soon.
    func runsLow(_ lines: [Line]) -> Bool { lines.contains { accounts[$0.slot]?.runsLow == true } }

    /// Ends a reservation.
    /// - Returns: whether more was spent than the disk knows to be gone.
    mutating func settle(_ lines: [Line], reserved amount: Int64, charge: Int64) -> Bool {
        for line in lines {
            accounts[line.slot]?.settle(amount, charge: charge)
            touch(line.slot)
        }
        return isUncovered(lines)
    }

    /// Whether more is spent and reserved than the disk knows to be gone.
    func isUncovered(_ lines: [Line]) -> Bool { lines.contains { accounts[$0.slot]?.isCovered(0) == false } }

    private mutating func touch(_ slot: Int) {
        if accounts[slot]?.isDirty == true { dirty.insert(slot) }
    }

    // MARK: Writing

    /// The accounts that the disk does not know as they are.
    /// - Parameter idleSince: accounts unused since then give their leases back, in milliseconds.
    mutating func beginWrite(idleSince: Int64) -> [BudgetAccount.Row] {
        for slot in leased where (accounts[slot]?.lastUse ?? .max) <= idleSince { dirty.insert(slot) }
        let rows = dirty.compactMap { accounts[$0]?.beginWrite(slot: $0, idleSince: idleSince) }
        dirty = []
        return rows
    }

    mutating func finishWrite(_ rows: [BudgetAccount.Row]) {
        for row in rows {
            accounts[row.slot]?.finishWrite(row)
            if row.leased > 0 { leased.insert(row.slot) } else { leased.remove(row.slot) }
        }
    }

    mutating func failWrite(_ rows: [BudgetAccount.Row]) {
        for row in rows {
            accounts[row.slot]?.failWrite(row)
            dirty.insert(row.slot)
        }
    }

    // MARK: Reading

    /// The accounts of a scope at a time, whether in memory or not.
    func names(of scope: BudgetScope, now: Timestamp) -> [BudgetAccount.Name] {
        let own = specific[scope] ?? []
        let periods = Set(own.map(\.period))
        let applying = own + (general[scope.kind] ?? []).filter { !periods.contains($0.period) }
        return applying.map {
            BudgetAccount.Name(budget: $0.id, subject: scope.id, start: $0.period.start(of: now).milliseconds)
        }
    }

    func isKnown(_ name: BudgetAccount.Name) -> Bool { slots[name] != nil }

    /// Takes in what was read and looks up the accounts of a scope.
    mutating func resolve(_ scope: BudgetScope, _ read: [BudgetAccount.Name: BudgetStore.Balance], now: Timestamp) {
        var found: [Int] = []
        for name in names(of: scope, now: now) {
            if let slot = slots[name] {
                found.append(slot)
            } else if let budget = budgets[name.budget] {
                let balance = read[name] ?? BudgetStore.Balance(spent: 0, unaccounted: 0, notified: 0)
                found.append(
                    insert(
                        BudgetAccount(
                            budget: budget, name: name, end: budget.period.end(of: now)?.milliseconds, spent: balance.spent,
                            unaccounted: balance.unaccounted, notified: balance.notified, now: now.milliseconds)))
            }
        }
        resolved[scope] = found
    }

    private mutating func insert(_ account: BudgetAccount) -> Int {
        let slot = free.popLast() ?? accounts.count
        if slot == accounts.count { accounts.append(account) } else { accounts[slot] = account }
        slots[account.name] = slot
        return slot
    }

    /// Forgets accounts that the disk knows wholly and nobody has used since a time.
    mutating func forget(unusedSince time: Int64) {
        var isChanged = false
        for slot in accounts.indices {
            guard let account = accounts[slot], account.isAtRest, account.lastUse <= time else { continue }
            slots[account.name] = nil
            accounts[slot] = nil
            free.append(slot)
            leased.remove(slot)
            isChanged = true
        }
        guard isChanged else { return }
        resolved = [:]
        epoch += 1
    }

    func statuses(of scopes: [BudgetScope]) -> [BudgetStatus] {
        scopes.flatMap { resolved[$0] ?? [] }.compactMap { accounts[$0]?.status() }
    }
}
