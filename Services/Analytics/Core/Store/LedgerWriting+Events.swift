import AnalyticsAPI
import Contracts
import Persistence
import Primitives

extension LedgerWriting {
    /// Adds a measurement.
    /// - Returns: whether a name of it became `(other)`.
    mutating func add(_ event: Measurement, on connection: Connection) throws -> Bool {
        let (time, day) = (event.time.milliseconds, RollupLevel.day.bucket(event.time.milliseconds))
        let (owner, isNobody) = try state.names.owner(event.owner, on: connection)
        let script = try state.names.number(.script, event.script, owner: owner, day: day, on: connection)
        let type = try state.names.number(.type, event.type, owner: owner, day: day, on: connection)
        var isFolded = isNobody || script.isFolded || type.isFolded
        let run = try event.run.map { try self.run($0, owner: owner, script: script.number, time: time, on: connection) }
        for label in event.labels {
            guard let dimension = Dimension(name: label.name) else { continue }
            let value = try state.names.number(.value, label.value, owner: owner, day: day, on: connection)
            isFolded = isFolded || value.isFolded
            sums.add(
                event.value, owner: owner, dimension: dimension, name: value.number, type: type.number, milliseconds: time)
        }
        rows.append(
            MetricRow(
                time: time, owner: owner, script: script.number, type: type.number, run: run, value: event.value,
                labels: Self.text(event.labels), isComparable: event.isComparable))
        sums.add(event.value, owner: owner, script: script.number, type: type.number, milliseconds: time)
        return isFolded
    }

    /// Brings a run up to date; one that has ended stays as it ended.
    /// - Returns: whether a name of it became `(other)`.
    mutating func add(_ report: RunReport, on connection: Connection) throws -> Bool {
        let day = RollupLevel.day.bucket(report.started.milliseconds)
        let (owner, isNobody) = try state.names.owner(report.owner, on: connection)
        let script = try state.names.number(.script, report.script, owner: owner, day: day, on: connection)
        let isFolded = isNobody || script.isFolded
        let earlier = try connection.first("SELECT status, ended FROM run WHERE owner = ? AND id = ?", owner, report.id) {
            (status: try $0.optionalText("status"), hasEnded: try $0.optionalInteger("ended") != nil)
        }
        if earlier?.hasEnded == true { return isFolded }
        let run = try connection.first(
            """
            INSERT INTO run(owner, id, script, status, started, ended, error_type, error, labels) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(owner, id) DO UPDATE SET script = excluded.script, status = excluded.status,
                started = min(started, excluded.started), ended = excluded.ended, error_type = excluded.error_type,
                error = excluded.error, labels = ifnull(excluded.labels, labels)
            RETURNING number, started
            """,
            owner, report.id, script.number, report.status.rawValue, report.started, report.ended, report.errorType, report.error,
            Self.text(report.labels)
        ) { (number: try $0.integer("number"), started: Timestamp(milliseconds: try $0.integer("started"))) }
        if let run { remember(run.number, owner: owner, id: report.id) }
        guard report.isCounted, let ended = report.ended else { return isFolded }
        var measured = Measurement(
            time: ended, owner: report.owner, script: report.script, type: MetricType.runs, value: 1, run: report.id,
            labels: report.labels)
        var all = [measured]
        // When it began may have been told before, and not again.
        (measured.type, measured.value) = (MetricType.runSeconds, ended.duration(since: run?.started ?? report.started).seconds)
        all.append(measured)
        if report.status == .succeeded {
            (measured.type, measured.value) = (MetricType.runsSucceeded, 1)
            all.append(measured)
        } else if report.status == .failed {
            (measured.type, measured.value) = (MetricType.errors, 1)
            measured.labels.removeAll { $0.name == "error_type" }
            measured.labels.append(Label("error_type", report.errorType ?? "unknown"))
            all.append(measured)
        }
        // That a run has ended counts once, whoever says it how often: only here is known that it does now.
        untold += all.map(TakenMessage.event)
        return try all.reduce(isFolded) { try add($1, on: connection) || $0 }
    }

    /// The number of the run that a measurement names; one that is not known yet is begun without a status.
    private mutating func run(
        _ id: String, owner: Int64, script: Int64, time: Int64, on connection: Connection
    ) throws -> Int64 {
        if let known = state.runs[Ledger.RunKey(owner: owner, id: id)] { return known }
        let found = try connection.first("SELECT number FROM run WHERE owner = ? AND id = ?", owner, id) {
            try $0.integer("number")
        }
        let number =
            try found
            ?? connection.first(
                "INSERT INTO run(owner, id, script, started) VALUES (?, ?, ?, ?) RETURNING number", owner, id, script, time
            ) { try $0.integer("number") } ?? 0
        remember(number, owner: owner, id: id)
        return number
    }

    private mutating func remember(_ number: Int64, owner: Int64, id: String) {
        // The runs of the day; who is forgotten is found in the table again.
        if state.runs.count >= 50_000 { state.runs = [:] }
        state.runs[Ledger.RunKey(owner: owner, id: id)] = number
    }

    /// Labels as the tables keep them.
    static func text(_ labels: [Label]) -> String? {
        if labels.isEmpty { return nil }
        let members = Dictionary(labels.map { ($0.name, JSONValue.string($0.value)) }, uniquingKeysWith: { _, last in last })
        return String(decoding: JSONValue.object(members).serialized(), as: UTF8.self)
    }
}
