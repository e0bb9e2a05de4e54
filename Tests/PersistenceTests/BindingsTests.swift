import Persistence
import Primitives
import TestSupport
import Testing

@Suite struct BindingsTests {
    private static let schema = [
        Migration(id: "1", sql: "CREATE TABLE t (i INTEGER, r REAL, t TEXT, b INTEGER, m INTEGER, n TEXT) STRICT")
    ]

    @Test func aStatementRunsOnceForEachRow() async throws {
        let scratch = try TemporaryFolder("bindings")
        let database = try await Database.open(scratch.database, migrations: Self.schema)
        try await database.write { connection in
            try connection.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", times: 3) { run, row in
                row.add(run)
                row.add(run == 1 ? Double?.none : Double(run) / 4)
                row.add("Grüße \(run)")
                row.add(run == 2)
                row.add(Timestamp(milliseconds: Int64(1000 * run)))
                row.add(run == 0 ? String?.none : "x")
            }
        }
        let rows = try await database.read { connection in
            try connection.query("SELECT * FROM t ORDER BY i") { row in
                let texts = "\(try row.text("t"))|\(try row.optionalText("n") ?? "-")"
                return "\(try row.integer("i"))|\(try row.optionalReal("r") ?? -1)|\(texts)|\(try row.bool("b"))|"
                    + "\(try row.timestamp("m").milliseconds)"
            }
        }
        #expect(rows == ["0|0.0|Grüße 0|-|false|0", "1|-1.0|Grüße 1|x|false|1000", "2|0.5|Grüße 2|x|true|2000"])
        await database.close()
    }

    /// In runs of several rows each, also where the texts of one have no room beside each other.
    @Test(arguments: [0, 1, 16, 45]) func rowsAreInsertedInTheirOrder(_ count: Int) async throws {
        let scratch = try TemporaryFolder("bindings")
        let database = try await Database.open(scratch.database, migrations: Self.schema)
        let texts = (0..<count).map { "\($0) " + String(repeating: "ü", count: $0 * 100) }
        try await database.write { connection in
            try connection.insert(into: "t (i, t, n)", rows: count) { index, row in
                row.add(index)
                row.add(texts[index])
                row.add(index % 2 == 0 ? "even" : String?.none)
            }
        }
        let rows = try await database.read { connection in
            try connection.query("SELECT * FROM t ORDER BY rowid") { row in
                (try row.integer("i"), try row.text("t"), try row.optionalText("n"))
            }
        }
        #expect(rows.map(\.0) == (0..<Int64(count)).map(\.self) && rows.map(\.1) == texts)
        #expect(rows.allSatisfy { $0.2 == ($0.0 % 2 == 0 ? "even" : nil) })
        await database.close()
    }

    @Test func rowsOfWhichOneFailsAreTakenBack() async throws {
        let scratch = try TemporaryFolder("bindings")
        let database = try await Database.open(scratch.database, migrations: Self.schema)
        for (failing, reason) in [(20, "a text for a number"), (41, "a value too few")] {
            await #expect(throws: DatabaseError.self, "\(reason)") {
                try await database.write { connection in
                    try connection.insert(into: "t (i, t)", rows: 45) { index, row in
                        if index == failing, failing == 20 { row.add("no number") } else { row.add(index) }
                        if index != 41 || failing != 41 { row.add("text") }
                    }
                }
            }
        }
        let count = try await database.read { try $0.first("SELECT count(*) AS n FROM t") { try $0.integer("n") } }
        #expect(count == 0)
        await database.close()
    }

    /// Values of the row before must not stand in for missing ones.
    @Test func aRowWithTooFewValuesIsAnError() async throws {
        let scratch = try TemporaryFolder("bindings")
        let database = try await Database.open(scratch.database, migrations: Self.schema)
        await #expect(throws: DatabaseError.self) {
            try await database.write { connection in
                try connection.execute("INSERT INTO t (i, t) VALUES (?, ?)", times: 2) { run, row in
                    row.add(run)
                    if run == 0 { row.add("first") }
                }
            }
        }
        let count = try await database.read { try $0.first("SELECT count(*) AS n FROM t") { try $0.integer("n") } }
        #expect(count == 0)
        await database.close()
    }
}
