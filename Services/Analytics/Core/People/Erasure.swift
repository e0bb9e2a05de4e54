import AnalyticsAPI
import Contracts
import Persistence
import Primitives

/// Takes one person out of the analytics: all rows that are theirs, with what they have added to the sums of all, and their name
/// in the labels of others' rows, an organisation's above all. What is left says no more than that somebody did something. The
/// alerting is told in the same transaction, so that it forgets them too, however long it is away.
package struct Erasure: Sendable {
    package struct Outcome: Sendable, Hashable {
        /// Measurements and runs that are gone.
        package var rows = 0
        /// Others' rows that named them.
        package var names = 0
    }

    /// Where a row stands among all.
    private struct Place {
        let time: Int64
        let sequence: Int64

        init(time: Int64, sequence: Int64) { (self.time, self.sequence) = (time, sequence) }

        /// Before all rows of a day, counted from 1970.
        init(before day: Int64) { self.init(time: day * RollupLevel.day.length, sequence: -1) }
    }

    /// Rows in one transaction, and rows that are looked at in one.
    private static let step = 2000
    private static let stride = 20_000
    private static let erased = "(erased)"
    let person: String

    /// - Parameter person: as owner of rows, or as the value of the labels `user` and `key`.
    package init(_ person: String) {
        self.person = person
    }

    /// Erases in several transactions; if it is broken off it can be done again.
    /// - Parameter forget: called in the transaction that takes the names away, for what is remembered of them elsewhere.
    func apply(to database: Database, forget: @escaping @Sendable () -> Void) async throws -> Outcome {
        var outcome = Outcome()
        let (mark, days) = try await database.read { connection in
            (try LedgerWriting.nextSequence(on: connection), try NameTable.days(naming: person, on: connection))
        }
        // What is much goes in pieces, so that others can write in between.
        while true {
            let count = try await database.write { try removeRows(on: $0) }
            outcome.rows += count
            if count < Self.step { break }
        }
        for day in days {
            var place: Place? = Place(before: day)
            while let from = place {
                let (count, next) = try await database.write { try removeNames(on: day, after: from, on: $0) }
                outcome.names += count
                place = next
            }
        }
        // What came meanwhile goes together with the sums and the name by which it is found.
        let rest = try await database.write { connection in
            var rest = Outcome()
            while true {
                let count = try removeRows(on: connection)
                rest.rows += count
                if count == 0 { break }
            }
            rest.rows += try removeRuns(on: connection)
            rest.names += try removeNames(since: mark, on: connection)
            try removeRunNames(on: connection)
            try removeSums(on: connection)
            try removeBreakdowns(on: connection)
            try removeUntold(on: connection)
            try connection.execute("DELETE FROM name WHERE kind = ? AND text = ?", NameTable.Kind.owner.rawValue, person)
            try connection.execute("DELETE FROM name WHERE kind = ? AND text = ?", NameTable.Kind.value.rawValue, person)
            // Of their events, and of their requests.
            try connection.execute(
                """
                DELETE FROM message_id WHERE substr(id, 1, length(?1) + 1) = ?1 || char(10)
                    OR substr(id, 1, length(?1) + 2) = char(10) || ?1 || char(10)
                """, person)
            try tell(on: connection)
            forget()
            return rest
        }
        outcome.rows += rest.rows
        outcome.names += rest.names
        return outcome
    }

    /// The days on which the person's rows are, as the sums tell.
    private func days(on connection: Connection) throws -> [Int64] {
        guard let owner = try NameTable.find(.owner, person, on: connection) else { return [] }
        return try connection.query(
            "SELECT DISTINCT bucket FROM rollup WHERE level = ? AND owner = ?", RollupLevel.day.rawValue, owner
        ) { try $0.integer("bucket") }
    }

    private func removeRows(on connection: Connection) throws -> Int {
        guard let owner = try NameTable.find(.owner, person, on: connection) else { return 0 }
        var count = 0
        for day in try days(on: connection) where count < Self.step {
            let start = day * RollupLevel.day.length
            try connection.execute(
                """
                DELETE FROM metric WHERE (time, seq) IN
                    (SELECT time, seq FROM metric WHERE time >= ? AND time < ? AND owner = ? LIMIT ?)
                """, start, start + RollupLevel.day.length, owner, Self.step - count)
            count += connection.changes
        }
        return count
    }

    private func removeRuns(on connection: Connection) throws -> Int {
        guard let owner = try NameTable.find(.owner, person, on: connection) else { return 0 }
        try connection.execute("DELETE FROM run WHERE owner = ?", owner)
        return connection.changes
    }

    /// Takes the person's sums out of those of all. The least and the greatest value of all are found anew among the others'.
    private func removeSums(on connection: Connection) throws {
        guard let owner = try NameTable.find(.owner, person, on: connection) else { return }
        try connection.execute(
            """
            UPDATE rollup SET n = rollup.n - own.n, whole = rollup.whole - own.whole, nano = rollup.nano - own.nano,
                low = ifnull((SELECT min(other.low) FROM name JOIN rollup AS other ON other.owner = name.id
                    WHERE name.kind = 1 AND name.id <> ?1 AND other.level = rollup.level AND other.type = rollup.type
                        AND other.bucket = rollup.bucket AND other.script = rollup.script), 0.0),
                high = ifnull((SELECT max(other.high) FROM name JOIN rollup AS other ON other.owner = name.id
                    WHERE name.kind = 1 AND name.id <> ?1 AND other.level = rollup.level AND other.type = rollup.type
                        AND other.bucket = rollup.bucket AND other.script = rollup.script), 0.0)
            FROM rollup AS own
            WHERE own.owner = ?1 AND own.level = rollup.level AND own.type = rollup.type AND own.bucket = rollup.bucket
                AND own.script = rollup.script AND rollup.owner = 0
            """, owner)
        try connection.execute("DELETE FROM rollup WHERE owner = 0 AND n = 0")
        try connection.execute("DELETE FROM rollup WHERE owner = ?", owner)
        try connection.execute(
            """
            UPDATE breakdown SET n = breakdown.n - own.n, whole = breakdown.whole - own.whole, nano = breakdown.nano - own.nano
            FROM breakdown AS own
            WHERE own.owner = ?1 AND own.dimension = breakdown.dimension AND own.type = breakdown.type AND own.day = breakdown.day
                AND own.value = breakdown.value AND breakdown.owner = 0
            """, owner)
        try connection.execute("DELETE FROM breakdown WHERE owner = 0 AND n = 0")
        try connection.execute("DELETE FROM breakdown WHERE owner = ?", owner)
        try connection.execute("DELETE FROM holding WHERE owner = ?", owner)
    }

    /// Takes the labels that name the person out of the next of a day's rows.
    /// - Returns: how many there were, and the place of the last row that was looked at, unless it was the day's last.
    private func removeNames(
        on day: Int64, after place: Place, on connection: Connection
    ) throws -> (count: Int, next: Place?) {
        let end = (day + 1) * RollupLevel.day.length
        let next = try connection.first(
            """
            SELECT time, seq FROM metric WHERE (time, seq) > (?, ?) AND time < ? ORDER BY time, seq LIMIT 1 OFFSET ?
            """, place.time, place.sequence, end, Self.stride
        ) { Place(time: try $0.integer("time"), sequence: try $0.integer("seq")) }
        let last = next ?? Place(time: end - 1, sequence: .max)
        try connection.execute(
            """
            UPDATE metric SET labels = \(Self.unnamed)
            WHERE (time, seq) > (?2, ?3) AND (time, seq) <= (?4, ?5) AND (labels ->> 'user' = ?1 OR labels ->> 'key' = ?1)
            """, person, place.time, place.sequence, last.time, last.sequence)
        return (connection.changes, next)
    }

    /// Takes them out of the rows that have come since; the sums of labels tell on which days there are any.
    private func removeNames(since mark: Int64, on connection: Connection) throws -> Int {
        var count = 0
        for day in try NameTable.days(naming: person, on: connection) {
            let start = day * RollupLevel.day.length
            try connection.execute(
                """
                UPDATE metric SET labels = \(Self.unnamed)
                WHERE time >= ?2 AND time < ?3 AND seq >= ?4 AND (labels ->> 'user' = ?1 OR labels ->> 'key' = ?1)
                """, person, start, start + RollupLevel.day.length, mark)
            count += connection.changes
        }
        return count
    }

    /// Takes them out of others' runs, whether or not a measurement has the same.
    private func removeRunNames(on connection: Connection) throws {
        try connection.execute(
            "UPDATE run SET labels = \(Self.unnamed) WHERE labels ->> 'user' = ?1 OR labels ->> 'key' = ?1", person)
    }

    /// Labels without those that name the person, `?1`, of which there is one at least.
    private static let unnamed = """
        json_remove(labels, iif(labels ->> 'user' = ?1, '$.user', '$.key'), iif(labels ->> 'key' = ?1, '$.key', '$.user'))
        """

    /// The person's name in the sums of labels becomes one that says nothing.
    private func removeBreakdowns(on connection: Connection) throws {
        guard let value = try NameTable.find(.value, person, on: connection) else { return }
        try connection.execute(
            "INSERT INTO name(kind, text) VALUES (?, ?) ON CONFLICT DO NOTHING", NameTable.Kind.value.rawValue, Self.erased)
        guard let other = try NameTable.find(.value, Self.erased, on: connection) else { return }
        try connection.execute(
            """
            INSERT INTO breakdown SELECT owner, dimension, type, day, ?2, n, whole, nano FROM breakdown
            WHERE dimension IN (\(Self.dimensions)) AND value = ?1
            ON CONFLICT DO UPDATE SET n = n + excluded.n, whole = whole + excluded.whole, nano = nano + excluded.nano
            """, value, other)
        try connection.execute("DELETE FROM breakdown WHERE dimension IN (\(Self.dimensions)) AND value = ?", value)
        try connection.execute("DELETE FROM holding WHERE kind = ? AND name = ?", NameTable.Kind.value.rawValue, value)
    }

    /// What still waits to be told to the alerting says nothing of the person. The messages stay: their numbers leave no gap.
    private func removeUntold(on connection: Connection) throws {
        for table in ["outbox", "outbox_refused"] {
            let messages = try connection.query(
                "SELECT id, payload FROM \(table) WHERE subject = ? AND instr(payload, ?) > 0", Subjects.metricTaken,
                Bytes(person.utf8)
            ) { (try $0.text("id"), try JSON.decode([MetricEvent].self, from: try $0.blob("payload"))) }
            for (id, events) in messages {
                var kept = events.filter { $0.owner != person }
                for index in kept.indices {
                    kept[index].labels = kept[index].labels?.filter { !["user", "key"].contains($0.key) || $0.value != person }
                }
                try connection.execute("UPDATE \(table) SET payload = ? WHERE id = ?", try JSON.encode(kept), id)
            }
        }
    }

    /// What the alerting was told before it has to forget itself.
    private func tell(on connection: Connection) throws {
        let event = CloudEvent(type: PersonErased.type, source: "/analytics", data: PersonErased(person))
        try Outbox.append(
            OutboxMessage(id: event.id, subject: PersonErased.messageSubject, payload: try JSON.encode(event)), on: connection)
    }

    private static let dimensions = "\(Dimension.key.rawValue), \(Dimension.user.rawValue)"
}
