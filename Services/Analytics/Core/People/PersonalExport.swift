import AnalyticsAPI
package import Persistence
package import Primitives

/// Where a person's export goes on.
package enum PersonalCursor: Sendable, Hashable {
    case pipelines
    /// After this run.
    case runs(Int64)
    /// On this of the person's days, after this row.
    case rows(day: Int, time: Int64, sequence: Int64)

    package static let start = PersonalCursor.pipelines
}

/// All that is known of one person: their pipelines, runs and measurements, and others' runs and measurements that name them.
package struct PersonalExport {
    private let person: String
    private let queries: AnalyticsQueries

    package init(_ person: String, on connection: Connection) throws {
        self.person = person
        queries = try AnalyticsQueries(connection, for: .owner(person))
    }

    /// The next lines of JSON.
    /// - Returns: the lines and where to go on; `nil` after the last.
    package func lines(after cursor: PersonalCursor, limit: Int) throws -> (bytes: Bytes, next: PersonalCursor?) {
        var bytes = Bytes()
        func add(_ kind: String, _ document: JSONValue) {
            bytes += JSONValue.object([kind: document]).serialized()
            bytes.append(UInt8(ascii: "\n"))
        }
        switch cursor {
        case .pipelines:
            // An owner has few.
            for state in try PipelineBoard.states(of: person, on: queries.connection) {
                add("pipeline", try JSONValue(encoding: state))
            }
            return (bytes, .runs(-1))
        case .runs(let number):
            let runs = try queries.runs(naming: person, after: number, limit: limit)
            for run in runs { add("run", run.document) }
            if runs.count == limit, let last = runs.last { return (bytes, .runs(last.number)) }
            return (bytes, .rows(day: 0, time: .min, sequence: .min))
        case .rows(let place, let time, let sequence):
            let days = try queries.days(naming: person)
            guard place < days.count else { return (bytes, nil) }
            let rows = try queries.rows(naming: person, day: days[place], after: (time, sequence), limit: limit)
            for row in rows { add("metric", row.document) }
            if rows.count == limit, let last = rows.last {
                return (bytes, .rows(day: place, time: last.time.milliseconds, sequence: last.sequence))
            }
            return (bytes, .rows(day: place + 1, time: .min, sequence: .min))
        }
    }
}

extension AnalyticsQueries {
    fileprivate func runs(naming person: String, after number: Int64, limit: Int) throws -> [RunRecord] {
        try connection.query(
            """
            \(Self.runColumns)
            WHERE (run.owner = ?1 OR labels ->> 'user' = ?2 OR labels ->> 'key' = ?2) AND number > ?3 ORDER BY number LIMIT ?4
            """, owner ?? -1, person, number, limit, map: Self.runRecord)
    }

    /// The days, counted from 1970, with rows that are a person's or name them.
    fileprivate func days(naming person: String) throws -> [Int64] {
        let own = try connection.query("SELECT DISTINCT bucket AS day FROM rollup WHERE level = 3 AND owner = ?", owner ?? -1) {
            try $0.integer("day")
        }
        return try Set(own + NameTable.days(naming: person, on: connection)).sorted()
    }

    fileprivate func rows(
        naming person: String, day: Int64, after place: (time: Int64, sequence: Int64), limit: Int
    ) throws -> [MetricRecord] {
        let start = day * RollupLevel.day.length
        return try connection.query(
            """
            \(Self.columns)
            WHERE metric.time >= ?1 AND metric.time < ?2 AND (metric.time, seq) > (?3, ?4)
                AND (metric.owner = ?5 OR metric.labels ->> 'user' = ?6 OR metric.labels ->> 'key' = ?6)
            ORDER BY metric.time, seq LIMIT ?7
            """, start, start + RollupLevel.day.length, place.time, place.sequence, owner ?? -1, person, limit, map: Self.record)
    }
}
