import AnalyticsAPI
import Contracts
import Persistence
import Primitives
import Synchronization

/// Writes deliveries: rows, sums and what keeps them from being counted twice, all in the transaction that it is given.
final class Ledger: Sendable {
    struct State {
        var names: NameTable
        var places = AppliedPlaces()
        var runs: [RunKey: Int64] = [:]
        /// The number of the next row; every transaction raises it. `nil` until it is read.
        var sequence: Int64?
    }

    struct RunKey: Hashable {
        let owner: Int64
        let id: String
    }

    /// A week of milliseconds: identifiers are known for one at least and two at most, longer than streams keep messages.
    static let week: Int64 = 7 * 86_400_000
    private let limits: NameLimits
    private let state: Mutex<State>

    init(limits: NameLimits) {
        self.limits = limits
        state = Mutex(State(names: NameTable(limits: limits)))
    }

    /// Records deliveries in one transaction.
    /// - Returns: what became of each.
    func record(_ deliveries: [Delivery], now: Timestamp, on connection: Connection) throws -> [Receipt] {
        try state.withLock { state in
            // Moved, not copied: it holds what thousands of events have named. If this throws, nothing of it is remembered.
            var writing = LedgerWriting(state: State(names: NameTable(limits: limits)), now: now)
            swap(&writing.state, &state)
            // A transaction that was lost has left numbers here that the tables do not know.
            let next = try LedgerWriting.nextSequence(on: connection)
            if writing.state.sequence != next { writing.state = State(names: NameTable(limits: limits), sequence: next) }
            let receipts = try deliveries.map { try writing.record($0, on: connection) }
            try writing.finish(on: connection)
            swap(&writing.state, &state)
            return receipts
        }
    }

    /// Forgets what it knows of the tables: a transaction was lost, or others have changed them.
    func forget() {
        state.withLock { $0 = State(names: NameTable(limits: limits)) }
    }
}

/// One transaction of the ledger.
struct LedgerWriting {
    var state: Ledger.State
    let now: Timestamp
    var rows: [MetricRow] = []
    var sums = SumBatch()
    var tallies: [String: Int] = [:]
    /// What the bus has not heard of, and whether some of it is a caller's who is told that it is taken.
    var untold: [MetricEvent] = []
    var hasCallers = false

    /// A row of the table `metric`.
    struct MetricRow {
        let time: Int64
        let owner: Int64
        let script: Int64
        let type: Int64
        let run: Int64?
        let value: Double
        let labels: String?
        let isComparable: Bool
    }

    init(state: Ledger.State, now: Timestamp) {
        (self.state, self.now) = (state, now)
    }

    mutating func record(_ delivery: Delivery, on connection: Connection) throws -> Receipt {
        var receipt = Receipt()
        let isNew = try delivery.place.map { try state.places.insert($0, on: connection) } ?? true
        hasCallers = hasCallers || delivery.isUntold
        guard try isNew && delivery.id.map({ try isNewID("", $0, on: connection) }) ?? true else {
            receipt.duplicates = delivery.events.count
            tallies["duplicates", default: 0] += delivery.events.count
            return receipt
        }
        for problem in delivery.problems { try refuse(problem, on: connection) }
        for event in delivery.events {
            switch event {
            case .measurement(let measurement):
                guard try measurement.id.map({ try isNewID(measurement.owner, $0, on: connection) }) ?? true else {
                    receipt.duplicates += 1
                    continue
                }
                receipt.accepted += 1
                if delivery.isUntold { untold.append(TakenMessage.event(of: measurement)) }
                if try add(measurement, on: connection) { receipt.folded += 1 }
            case .run(let run):
                receipt.accepted += 1
                if try add(run, on: connection) { receipt.folded += 1 }
            }
        }
        tallies["accepted", default: 0] += receipt.accepted
        tallies["duplicates", default: 0] += receipt.duplicates
        tallies["folded", default: 0] += receipt.folded
        return receipt
    }

    /// Writes what was collected.
    mutating func finish(on connection: Connection) throws {
        let first = state.sequence ?? 0
        let rows = rows
        try connection.execute(
            "INSERT INTO metric(time, seq, owner, script, type, run, value, labels, comparable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            times: rows.count
        ) { run, bindings in
            let row = rows[run]
            bindings.add(row.time)
            bindings.add(first + Int64(run))
            bindings.add(row.owner)
            bindings.add(row.script)
            bindings.add(row.type)
            if let number = row.run { bindings.add(number) } else { bindings.addNull() }
            bindings.add(row.value)
            bindings.add(row.labels)
            if row.isComparable { bindings.add(1) } else { bindings.addNull() }
        }
        state.sequence = first + Int64(rows.count) + 1
        tallies["sequence"] = rows.count + 1
        try sums.write(on: connection)
        try state.places.write(on: connection)
        try tell(on: connection)
        for (name, count) in tallies where count > 0 {
            try connection.execute(
                "INSERT INTO tally VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value", name, count)
        }
    }

    static func nextSequence(on connection: Connection) throws -> Int64 { try tally("sequence", on: connection) }

    static func tally(_ name: String, on connection: Connection) throws -> Int64 {
        try connection.first("SELECT value FROM tally WHERE name = ?", name) { try $0.integer("value") } ?? 0
    }

    /// Notes an identifier.
    /// - Returns: false when it was noted this week or the last.
    private func isNewID(_ owner: String, _ id: String, on connection: Connection) throws -> Bool {
        let (week, text) = (now.milliseconds / Ledger.week, owner + "\n" + id)
        let known = try connection.first("SELECT 1 FROM message_id WHERE week IN (?1, ?1 - 1, ?1 + 1) AND id = ?2", week, text) {
            _ in true
        }
        if known != nil { return false }
        try connection.execute("INSERT INTO message_id VALUES (?, ?)", week, text)
        return true
    }

    private func refuse(_ problem: EventProblem, on connection: Connection) throws {
        let example = problem.field.isEmpty ? problem.message : "\(problem.field): \(problem.message)"
        try connection.execute(
            "INSERT INTO refusal VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET n = n + 1, example = excluded.example",
            RollupLevel.day.bucket(now.milliseconds), problem.code, example.cut(to: 256))
    }
}
