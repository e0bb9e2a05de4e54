import Persistence
import Primitives

/// Calls and their daily sums on disk.
enum LedgerStore {
    /// The columns of both tables of sums.
    private static let sums = """
        calls INTEGER NOT NULL, failed INTEGER NOT NULL, cache_hits INTEGER NOT NULL, fallbacks INTEGER NOT NULL,
        input INTEGER NOT NULL, cached INTEGER NOT NULL, output INTEGER NOT NULL, cost INTEGER NOT NULL,
        saved_cache INTEGER NOT NULL, saved_routing INTEGER NOT NULL, seconds REAL NOT NULL
        """
    private static let sumNames = [
        "calls", "failed", "cache_hits", "fallbacks", "input", "cached", "output", "cost", "saved_cache", "saved_routing",
        "seconds",
    ]

    /// Days are counted from 1970-01-01. Sessions have sums of their own: they are many, and would multiply every other group's
    /// rows.
    static let schema = """
        CREATE TABLE usage_call (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, key TEXT NOT NULL, user TEXT NOT NULL,
            organisation TEXT NOT NULL, session TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, input INTEGER NOT NULL,
            cached_read INTEGER NOT NULL, cached_write INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
            cost INTEGER NOT NULL, seconds REAL NOT NULL, first_token REAL, outcome TEXT NOT NULL, cache_hit INTEGER NOT NULL,
            fallbacks INTEGER NOT NULL, saved_cache INTEGER NOT NULL, saved_routing INTEGER NOT NULL, decision TEXT
        ) STRICT;
        CREATE TABLE usage_day (
            day INTEGER NOT NULL, key TEXT NOT NULL, user TEXT NOT NULL, organisation TEXT NOT NULL, model TEXT NOT NULL,
            provider TEXT NOT NULL, \(sums), PRIMARY KEY (day, key, user, organisation, model, provider)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE usage_session (
            session TEXT NOT NULL, day INTEGER NOT NULL, key TEXT NOT NULL, user TEXT NOT NULL, organisation TEXT NOT NULL,
            model TEXT NOT NULL, \(sums), PRIMARY KEY (session, day, key, user, organisation, model)
        ) STRICT, WITHOUT ROWID
        """

    /// The decision that led to a call, with the call: `next` are the deployments that would have been tried after the choice.
    static let decisionSchema = """
        ALTER TABLE usage_call ADD COLUMN requested TEXT;
        ALTER TABLE usage_call ADD COLUMN choice TEXT;
        ALTER TABLE usage_call ADD COLUMN reasons TEXT;
        ALTER TABLE usage_call ADD COLUMN next TEXT;
        ALTER TABLE usage_call ADD COLUMN rejected TEXT;
        CREATE INDEX usage_call_decision ON usage_call (decision)
        """

    private struct Sums {
        /// In the order of `sumNames`, and as many zeros as make them sixteen.
        var counts = SIMD16<Int64>()
        var seconds = 0.0

        init() {}

        init(_ call: CallRecord) {
            let usage = call.usage
            counts = SIMD16(
                1, call.outcome == .failed ? 1 : 0, call.isCacheHit ? 1 : 0, Int64(call.fallbacks), Int64(usage.input),
                Int64(usage.cachedRead), Int64(usage.output), call.cost.nanoDollars, call.savedByCache.nanoDollars,
                call.savedByRouting.nanoDollars, 0, 0, 0, 0, 0, 0)
            seconds = call.seconds
        }

        static func += (sums: inout Sums, others: Sums) {
            sums.counts &+= others.counts
            sums.seconds += others.seconds
        }
    }

    private struct Day: Hashable {
        let day: Int64
        let names: [String]
    }

    /// Writes calls and adds them to their days.
    static func insert(_ entries: [EndedCall], on connection: Connection) throws {
        try insertRows(entries, on: connection)
        let calls = entries.map(\.record)
        let days = sums(of: calls) {
            $0.provider == $1.provider
        } names: {
            [$0.key, $0.user ?? "", $0.organisation ?? "", $0.model, $0.provider]
        }
        for (day, sums) in days { try add(sums, day, dayAddition, on: connection) }
        let sessions = sums(of: calls.filter { $0.session != nil }) {
            $0.session == $1.session
        } names: {
            [$0.session ?? "", $0.key, $0.user ?? "", $0.organisation ?? "", $0.model]
        }
        for (day, sums) in sessions { try add(sums, day, sessionAddition, on: connection) }
    }

    /// Calls that follow each other mostly belong together: they are summed before their group is looked up.
    /// - Parameters:
    ///   - isSame: whether two calls do, as far as that is not seen from the day, the caller and the model.
    ///   - names: of a call's group.
    private static func sums(
        of calls: [CallRecord], _ isSame: (CallRecord, CallRecord) -> Bool, names: (CallRecord) -> [String]
    ) -> [Day: Sums] {
        var groups: [Day: Sums] = [:]
        var rest = calls[...]
        while let first = rest.first {
            let day = day(of: first.time)
            var sums = Sums()
            while let call = rest.first, self.day(of: call.time) == day, call.key == first.key, call.user == first.user,
                call.organisation == first.organisation, call.model == first.model, isSame(call, first)
            {
                sums += Sums(call)
                rest.removeFirst()
            }
            groups[Day(day: day, names: names(first)), default: Sums()] += sums
        }
        return groups
    }

    private static let dayAddition = addition(to: "usage_day", "day, key, user, organisation, model, provider")
    private static let sessionAddition = addition(to: "usage_session", "day, session, key, user, organisation, model")

    private static func addition(to table: String, _ names: String) -> String {
        let sums = sumNames.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")
        let marks = [String](repeating: "?", count: 6 + sumNames.count).joined(separator: ", ")
        return "INSERT INTO \(table) (\(names), \(sumNames.joined(separator: ", "))) VALUES (\(marks)) "
            + "ON CONFLICT DO UPDATE SET \(sums)"
    }

    private static func insertRows(_ entries: [EndedCall], on connection: Connection) throws {
        let columns = """
            time, key, user, organisation, session, model, provider, input, cached_read, cached_write, output, reasoning, cost,
            seconds, first_token, outcome, cache_hit, fallbacks, saved_cache, saved_routing, decision, requested, choice, reasons,
            next, rejected
            """
        try connection.insert(into: "usage_call (\(columns))", rows: entries.count) { index, row in
            let (call, decision) = (entries[index].record, entries[index].decision)
            let usage = call.usage
            row.add(call.time)
            row.add(call.key)
            row.add(call.user ?? "")
            row.add(call.organisation ?? "")
            row.add(call.session ?? "")
            row.add(call.model)
            row.add(call.provider)
            row.add(usage.input)
            row.add(usage.cachedRead)
            row.add(usage.cachedWrite + usage.cachedWriteHour)
            row.add(usage.output)
            row.add(usage.reasoning)
            row.add(call.cost.nanoDollars)
            row.add(call.seconds)
            row.add(call.firstTokenSeconds)
            row.add(call.outcome.rawValue)
            row.add(call.isCacheHit)
            row.add(call.fallbacks)
            row.add(call.savedByCache.nanoDollars)
            row.add(call.savedByRouting.nanoDollars)
            row.add(call.decision)
            if let decision { row.add(facts: decision) } else { for _ in 0..<5 { row.addNull() } }
        }
    }

    private static func add(_ sums: Sums, _ day: Day, _ sql: String, on connection: Connection) throws {
        let (n, c) = (day.names, sums.counts)
        try connection.execute(
            sql, day.day, n[0], n[1], n[2], n[3], n[4], c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], sums.seconds)
    }

    /// Sums by group, or of everything.
    static func summary(
        _ grouping: CostSummary.Grouping?, _ filter: CostFilter, limit: Int, on connection: Connection
    ) throws -> [CostSummary] {
        // Both are names of columns from enumerations, not texts of callers.
        let table = grouping == .session || filter.session != nil ? "usage_session" : "usage_day"
        let column =
            switch grouping {
            case nil: "''"
            case .provider where table == "usage_session": "''"
            // As budgets name it: two owners' sessions of one name are two.
            case .session: "iif(organisation = '', user, organisation) || '/' || session"
            case .some(let grouping): grouping.rawValue
            }
        let totals = sumNames.map { "coalesce(sum(\($0)), 0) AS \($0)" }.joined(separator: ", ")
        let session = table == "usage_session" ? "(?7 IS NULL OR session = ?7)" : "?7 IS NULL"
        return try connection.query(
            """
            SELECT \(grouping == .day ? "date(day * 86400, 'unixepoch')" : column) AS name, \(totals) FROM \(table)
            WHERE (?1 IS NULL OR day >= ?1) AND (?2 IS NULL OR day <= ?2) AND (?3 IS NULL OR key = ?3)
                AND (?4 IS NULL OR user = ?4) AND (?5 IS NULL OR organisation = ?5) AND (?6 IS NULL OR model = ?6) AND \(session)
            \(grouping == nil ? "" : "GROUP BY \(column)")
            ORDER BY \(grouping == .day ? "name" : "sum(cost) DESC, name") LIMIT ?8
            """, filter.from.map(day(of:)), filter.through.map(day(of:)), filter.key, filter.user, filter.organisation,
            filter.model,
            filter.session, limit, map: summary)
    }

    private static func summary(_ row: Row) throws -> CostSummary {
        CostSummary(
            group: try row.text("name"), calls: try row.integer("calls"), failed: try row.integer("failed"),
            cacheHits: try row.integer("cache_hits"), fallbacks: try row.integer("fallbacks"),
            inputTokens: try row.integer("input"),
            cachedTokens: try row.integer("cached"), outputTokens: try row.integer("output"),
            cost: Money(nanoDollars: try row.integer("cost")), savedByCache: Money(nanoDollars: try row.integer("saved_cache")),
            savedByRouting: Money(nanoDollars: try row.integer("saved_routing")), seconds: try row.real("seconds"))
    }

    static func day(of time: Timestamp) -> Int64 { BudgetPeriod.day.start(of: time).milliseconds / 86_400_000 }
}
