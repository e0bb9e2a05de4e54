import FoundationEssentials
import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct DatabaseTests {
    @Test(arguments: [
        SQLiteValue.integer(.min), .integer(.max), .real(-0.1), .real(1e300), .text(""), .text("a\u{0}b"), .text("Grüße 🎧"),
        .blob([]), .blob([0, 255, 0]), .null,
    ])
    func valuesComeBackAsTheyWere(_ value: SQLiteValue) async throws {
        let scratch = try TemporaryFolder("persistence")
        let schema = [Migration(id: "1", sql: "CREATE TABLE t (v ANY) STRICT")]
        let database = try await Database.open(scratch.database, migrations: schema)
        try await database.write { try $0.execute("INSERT INTO t VALUES (?)", value) }
        let found = try await database.read { connection in
            try connection.first("SELECT v FROM t") { row -> SQLiteValue in
                switch value {
                case .integer: .integer(try row.integer("v"))
                case .real: .real(try row.real("v"))
                case .text: .text(try row.text("v"))
                case .blob: .blob(try row.blob("v"))
                case .null: try row.optionalText("v").map(SQLiteValue.text) ?? .null
                }
            }
        }
        #expect(found == value)
        await database.close()
    }

    @Test func typesBindAsTheirStorage() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [])
        let moment = Timestamp(milliseconds: 1_795_000_000_123)
        let row = try await database.read { connection in
            try connection.first(
                "SELECT ? AS i, ? AS b, ? AS t, ? AS n, ? AS some", 7, true, moment, String?.none, String?.some("x")
            ) { row in
                let texts = (try row.optionalText("n"), try row.optionalText("some"))
                return (try row.integer("i"), try row.bool("b"), try row.timestamp("t"), texts)
            }
        }
        let (integer, bool, time, (none, some)) = try #require(row)
        #expect(integer == 7 && bool && time == moment && none == nil && some == "x")
    }

    @Test func errorsNameTheColumn() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [])
        for (sql, column) in [("SELECT 'x' AS title", "title"), ("SELECT NULL AS title", "title"), ("SELECT 1 AS other", "title")] {
            let error = await #expect(throws: DatabaseError.self) {
                _ = try await database.read { try $0.first(sql) { try $0.integer("title") } }
            }
            #expect(error?.reason == .column && error?.message.contains(column) == true)
        }
    }

    @Test(arguments: [(Durability.full, Int64(2)), (.normal, 1)])
    func settingsHold(_ durability: Durability, _ synchronous: Int64) async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [], durability: durability)
        let found = try await database.write { connection in
            let settings = try ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map { try connection.pragma($0) }
            return settings + [try connection.first("PRAGMA wal_autocheckpoint") { .integer(try $0.integer("wal_autocheckpoint")) }]
        }
        #expect(found == [.text("wal"), .integer(synchronous), 1, 5000, 4000])
        let queryOnly = try await database.read { try $0.pragma("query_only") }
        #expect(queryOnly == 1)
    }

    @Test func readersCanNotWrite() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        await #expect(throws: DatabaseError.self) { try await database.read { try $0.insertNumber(1) } }
        #expect(try await database.read { try $0.numbers() } == [])
    }

    @Test func aReadSeesOneSnapshot() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        let (hasLooked, hasWritten) = (Flag(), Flag())
        async let counts = database.read { connection in
            let before = try connection.numbers().count
            hasLooked.raise()
            hasWritten.holdThread()
            return [before, try connection.numbers().count]
        }
        try await hasLooked.wait()
        try await database.write { try $0.insertNumber(1) }
        hasWritten.raise()
        #expect(try await counts == [0, 0])
        #expect(try await database.read { try $0.numbers() } == [1])
    }

    @Test func aQueryInsideItselfWorks() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        let pairs = try await database.write { connection in
            for value in 1...3 { try connection.insertNumber(value) }
            return try connection.query("SELECT value FROM number ORDER BY value") { row in
                (try row.integer("value"), try connection.numbers())
            }
        }
        #expect(pairs.map(\.0) == [1, 2, 3] && pairs.allSatisfy { $0.1 == [1, 2, 3] })
    }

    @Test func foreignKeysHoldForReturningToo() async throws {
        let scratch = try TemporaryFolder("persistence")
        let schema = """
            CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent) STRICT
            """
        let database = try await Database.open(scratch.database, migrations: [Migration(id: "1", sql: schema)])
        try await database.write { connection in
            let error = #expect(throws: DatabaseError.self) {
                try connection.first("INSERT INTO child VALUES (1) RETURNING parent") { try $0.integer("parent") }
            }
            #expect(error?.reason == .constraint)
        }
    }

    @Test func constraintsAreNamed() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        try await database.write { try $0.insertNumber(1) }
        let error = await #expect(throws: DatabaseError.self) { try await database.write { try $0.insertNumber(1) } }
        #expect(error?.reason == .constraint && error?.constraint == "number.value" && error?.extendedCode == 1555)
        #expect(error?.isRetriable == false)
    }

    @Test func moreThanOneStatementIsRefused() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        await #expect(throws: DatabaseError.self) {
            try await database.write { try $0.execute("INSERT INTO number VALUES (1, NULL); DELETE FROM number") }
        }
        await #expect(throws: DatabaseError.self) { try await database.write { try $0.execute("SELECT ?", 1, 2) } }
    }

    @Test func oneOwnerAtATime() async throws {
        let scratch = try TemporaryFolder("persistence")
        let first = try await Database.open(scratch.database, migrations: [.numbers])
        let error = await #expect(throws: DatabaseError.self) { try await Database.open(scratch.database, migrations: [.numbers]) }
        #expect(error?.reason == .locked)
        try await first.write { try $0.insertNumber(1) }
        await first.close()
        await first.close()
        var refusal = await #expect(throws: DatabaseError.self) { try await first.write { try $0.insertNumber(2) } }
        #expect(refusal?.reason == .closed)
        refusal = await #expect(throws: DatabaseError.self) { _ = try await first.read { try $0.numbers() } }
        #expect(refusal?.reason == .closed)
        let second = try await Database.open(scratch.database, migrations: [.numbers])
        #expect(try await second.read { try $0.numbers() } == [1])
        await second.close()
        #expect(!FileManager.default.fileExists(atPath: scratch.database + "-wal"))
    }

    @Test func cancellingEndsAQuery() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [], readers: 1)
        let hasBegun = Flag()
        let endless = Task {
            try await database.read { connection in
                hasBegun.raise()
                return try connection.first(
                    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) AS n FROM c"
                ) { try $0.integer("n") }
            }
        }
        try await hasBegun.wait()
        endless.cancel()
        await #expect(throws: CancellationError.self) { try await endless.value }
        #expect(try await database.read { try $0.first("SELECT 1 AS one") { try $0.integer("one") } } == 1)
    }

    @Test func whatIsNoDatabaseIsCorrupt() async throws {
        let scratch = try TemporaryFolder("persistence")
        try Data(Bytes(repeating: 0x5A, count: 8192)).write(to: URL(filePath: scratch.database))
        let error = await #expect(throws: DatabaseError.self) { try await Database.open(scratch.database, migrations: [.numbers]) }
        #expect(error?.reason == .corrupt)
    }
}
