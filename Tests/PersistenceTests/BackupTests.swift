import FoundationEssentials
import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct BackupTests {
    @Test func aBackupMadeWhileWritingIsWhole() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        // Several steps long.
        try await database.write { connection in
            for value in 0..<300 { try connection.insertNumber(value, filling: Bytes(repeating: 9, count: 40_000)) }
        }
        let target = scratch.appending("backup.sqlite")
        for _ in 0..<2 {
            let before = try await database.read { try $0.numbers().count }
            let writer = Task {
                var value = try await database.read { try $0.numbers().count }
                while !Task.isCancelled {
                    let next = value
                    try await database.write { try $0.insertNumber(next) }
                    value += 1
                }
            }
            try await eventually("the writer writes") { try await database.read { try $0.numbers().count } > before }
            try await database.backup(to: target)
            writer.cancel()
            try await writer.value
            let after = try await database.read { try $0.numbers().count }

            let copy = try await Database.open(target, migrations: [.numbers])
            let (numbers, verdict) = try await copy.read { connection in
                (try connection.numbers(), try connection.first("PRAGMA integrity_check") { try $0.text("integrity_check") })
            }
            #expect(verdict == "ok")
            #expect(numbers == Array(0..<numbers.count), "one moment of the original")
            #expect(numbers.count > before && numbers.count <= after)
            await copy.close()
        }
        #expect(!FileManager.default.fileExists(atPath: target + ".partial"))
    }

    @Test func aBackupThatFailsLeavesNothing() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        await #expect(throws: DatabaseError.self) { try await database.backup(to: scratch.appending("missing/backup.sqlite")) }
        await database.close()
        let error = await #expect(throws: DatabaseError.self) { try await database.backup(to: scratch.appending("backup.sqlite")) }
        #expect(error?.reason == .closed)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == ["test.sqlite", "test.sqlite.lock"])
    }
}
