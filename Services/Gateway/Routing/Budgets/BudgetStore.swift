import Persistence
import Primitives

/// Budgets and accounts on disk.
enum BudgetStore {
    /// What an account has from before.
    struct Balance: Sendable {
        let spent: Int64
        let unaccounted: Int64
        let notified: Int
    }

    static let migrations = [first, second]
    private static let first = Migration(
        id: "budgets-1",
        sql: """
            CREATE TABLE budget (
                id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT, period TEXT NOT NULL, nano_limit INTEGER NOT NULL,
                at_limit TEXT NOT NULL, thresholds TEXT NOT NULL
            ) STRICT;
            CREATE TABLE budget_account (
                budget TEXT NOT NULL, subject TEXT NOT NULL, start INTEGER NOT NULL, spent INTEGER NOT NULL,
                leased INTEGER NOT NULL, unaccounted INTEGER NOT NULL, notified INTEGER NOT NULL,
                PRIMARY KEY (budget, subject, start)
            ) STRICT, WITHOUT ROWID
            """)

    /// Whole budgets of sessions have no period that ends: their accounts go by when they were last used.
    private static let second = Migration(
        id: "budgets-2",
        sql: """
            ALTER TABLE budget_account ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
            UPDATE budget_account SET used = unixepoch() * 1000
            """)

    static func budgets(on connection: Connection) throws -> [Budget] {
        try connection.query("SELECT * FROM budget ORDER BY id") { row in
            guard let kind = BudgetScope.Kind(rawValue: try row.text("kind")),
                let period = BudgetPeriod(rawValue: try row.text("period")),
                let atLimit = Budget.AtLimit(rawValue: try row.text("at_limit"))
            else { throw BudgetError.invalid("the budget \(try row.text("id")) on disk is not one of this release") }
            return Budget(
                id: try row.text("id"), kind: kind, subject: try row.optionalText("subject"), period: period,
                limit: Money(nanoDollars: try row.integer("nano_limit")), atLimit: atLimit,
                thresholds: try row.text("thresholds").split(separator: " ").compactMap { Int($0) })
        }
    }

    static func put(_ budget: Budget, on connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO budget VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (id) DO UPDATE SET nano_limit = ?5, at_limit = ?6, thresholds = ?7
            """, budget.id, budget.kind.rawValue, budget.subject, budget.period.rawValue, budget.limit.nanoDollars,
            budget.atLimit.rawValue, budget.thresholds.map(String.init).joined(separator: " "))
    }

    static func balance(_ name: BudgetAccount.Name, on connection: Connection) throws -> Balance? {
        try connection.first(
            "SELECT spent, leased, unaccounted, notified FROM budget_account WHERE budget = ? AND subject = ? AND start = ?",
            name.budget, name.subject, name.start
        ) { row in
            Balance(
                spent: try row.integer("spent"), unaccounted: try row.integer("unaccounted"),
                notified: Int(try row.integer("notified")))
        }
    }

    static func write(_ row: BudgetAccount.Row, on connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO budget_account VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT DO UPDATE SET spent = ?4, leased = ?5, unaccounted = ?6, notified = ?7, used = ?8
            """, row.budget, row.subject, row.start, row.spent, row.leased, row.unaccounted, row.notified, row.used)
    }

    /// Removes accounts of closed periods, and those of sessions and of budgets that are no more once nobody has used them since.
    static func sweep(before limit: Timestamp, on connection: Connection) throws {
        try connection.execute(
            "DELETE FROM budget_account WHERE start < ? AND start > 0 AND leased = 0", BudgetPeriod.month.start(of: limit))
        try connection.execute(
            """
            DELETE FROM budget_account WHERE start = 0 AND leased = 0 AND used < ?
                AND coalesce((SELECT kind FROM budget WHERE id = budget_account.budget), 'session') = 'session'
            """, limit)
    }

    /// Charges what a process that died had leased: it may have spent it.
    static func recover(on connection: Connection) throws -> [BudgetRecovery] {
        let recovered = try connection.query("SELECT budget, subject, start, leased FROM budget_account WHERE leased > 0") { row in
            BudgetRecovery(
                budget: try row.text("budget"), subject: try row.text("subject"), periodStart: try row.timestamp("start"),
                charged: Money(nanoDollars: try row.integer("leased")))
        }
        try connection.execute(
            "UPDATE budget_account SET spent = spent + leased, unaccounted = unaccounted + leased, leased = 0 WHERE leased > 0")
        return recovered
    }
}
