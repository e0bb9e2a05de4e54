import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct GroupCommitTests {
    /// Keeps the writer busy with a body of its own, so that what is handed in meanwhile makes up one batch. Immediate tasks
    /// have handed in theirs when `addImmediateTask` returns.
    private func holdUp(_ database: Database, until go: Flag, in group: inout ThrowingTaskGroup<Void, any Error>) async throws {
        let isHeldUp = Flag()
        group.addTask {
            try await database.write { _ in
                isHeldUp.raise()
                go.holdThread()
            }
        }
        try await isHeldUp.wait()
    }

    @Test func callersResumeAfterTheCommonCommit() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        let (go, isLastRunning, finish) = (Flag(), Flag(), Flag())
        let resumed = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await holdUp(database, until: go, in: &group)
            for value in 1...20 {
                group.addImmediateTask {
                    try await database.write { connection in
                        try connection.insertNumber(value)
                        guard value == 20 else { return }
                        isLastRunning.raise()
                        finish.holdThread()
                    }
                    resumed.raise()
                }
            }
            go.raise()
            try await isLastRunning.wait()
            #expect(try await database.read { try $0.numbers() } == [], "nineteen bodies have run, and nothing is committed")
            #expect(resumed.value == 0)
            finish.raise()
            try await group.waitForAll()
        }
        #expect(try await database.read { try $0.numbers() } == Array(1...20))
    }

    @Test func aBodyThatThrowsTakesBackOnlyItself() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        let failures = await withTaskGroup(of: (any Error)?.self) { group in
            for value in 0..<200 {
                group.addTask {
                    do {
                        try await database.write { connection in
                            try connection.insertNumber(value)
                            if value % 3 == 0 { throw TestFailure(message: "\(value)") }
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: [(any Error)?]()) { $0.append($1) }
        }
        #expect(failures.compactMap { $0 as? TestFailure }.count == 67)
        #expect(failures.filter { $0 == nil }.count == 133)
        #expect(try await database.read { try $0.numbers() } == (0..<200).filter { $0 % 3 != 0 })
    }

    /// The commit of a whole batch must not fail for one body's foreign key.
    @Test func aDeferredForeignKeyFailsItsOwnBody() async throws {
        let scratch = try TemporaryFolder("persistence")
        let schema = """
            CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent DEFERRABLE INITIALLY DEFERRED) STRICT
            """
        let database = try await Database.open(scratch.database, migrations: [Migration(id: "1", sql: schema)])
        let go = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await holdUp(database, until: go, in: &group)
            group.addImmediateTask {
                let error = await #expect(throws: DatabaseError.self) {
                    try await database.write { try $0.execute("INSERT INTO child VALUES (1)") }
                }
                #expect(error?.reason == .constraint)
            }
            group.addImmediateTask {
                try await database.write { connection in
                    try connection.execute("INSERT INTO child VALUES (2)")
                    try connection.execute("INSERT INTO parent VALUES (2)")
                }
            }
            go.raise()
            try await group.waitForAll()
        }
        let children = try await database.read { try $0.query("SELECT parent FROM child") { try $0.integer("parent") } }
        #expect(children == [2])
    }

    /// What a full disk does too: SQLite takes back the whole transaction, and the next body must not run outside of one.
    @Test func aBodyThatEndsTheTransactionIsContained() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        try await database.write { try $0.insertNumber(0) }
        let go = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await holdUp(database, until: go, in: &group)
            for value in 1...9 {
                group.addImmediateTask {
                    do {
                        try await database.write { connection in
                            try connection.insertNumber(value)
                            if value == 5 { try connection.execute("INSERT OR ROLLBACK INTO number VALUES (0, NULL)") }
                        }
                        #expect(value > 5)
                    } catch let error as DatabaseError {
                        #expect(value <= 5)
                        #expect(error.reason == (value == 5 ? .constraint : .busy))
                    }
                }
            }
            go.raise()
            try await group.waitForAll()
        }
        #expect(try await database.read { try $0.numbers() } == [0, 6, 7, 8, 9])
    }

    @Test func manyWritersLoseNothing() async throws {
        let scratch = try TemporaryFolder("persistence")
        let database = try await Database.open(scratch.database, migrations: [.numbers])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<50 {
                group.addTask {
                    for step in 0..<20 { try await database.write { try $0.insertNumber(writer * 20 + step) } }
                }
            }
            try await group.waitForAll()
        }
        await database.close()
        let again = try await Database.open(scratch.database, migrations: [.numbers])
        #expect(try await again.read { try $0.numbers() } == Array(0..<1000))
    }
}
