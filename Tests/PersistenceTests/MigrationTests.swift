import Persistence
import Testing
import TestSupport

@Suite struct MigrationTests {
    private let first = Migration(id: "first", sql: "CREATE TABLE a (v INTEGER) STRICT; INSERT INTO a VALUES (1)")
    private let second = Migration(id: "second", sql: "INSERT INTO a VALUES (2)")

    private func open(_ scratch: TemporaryFolder, _ migrations: [Migration]) async throws -> [Int64] {
        let database = try await Database.open(scratch.database, migrations: migrations)
        let values = try await database.read { try $0.query("SELECT v FROM a ORDER BY v") { try $0.integer("v") } }
        await database.close()
        return values
    }

    @Test func eachIsAppliedOnceInOrder() async throws {
        let scratch = try TemporaryFolder("persistence")
        #expect(try await open(scratch, [first]) == [1])
        #expect(try await open(scratch, [first, second]) == [1, 2])
        #expect(try await open(scratch, [first, second]) == [1, 2])
    }

    @Test func aChangedOneStopsTheStart() async throws {
        let scratch = try TemporaryFolder("persistence")
        _ = try await open(scratch, [first, second])
        let changed = Migration(id: "second", sql: "INSERT INTO a VALUES (3)")
        for migrations in [[first, changed], [first], [second, changed]] {
            let error = await #expect(throws: DatabaseError.self) { _ = try await open(scratch, migrations) }
            #expect(error?.reason == .migration && error?.message.contains("second") ?? false)
        }
        #expect(try await open(scratch, [first, second]) == [1, 2])
    }

    @Test func aFailedOneLeavesNothing() async throws {
        let scratch = try TemporaryFolder("persistence")
        let broken = Migration(id: "broken", sql: "INSERT INTO a VALUES (7); INSERT INTO missing VALUES (1)")
        await #expect(throws: DatabaseError.self) { _ = try await open(scratch, [first, broken]) }
        #expect(try await open(scratch, [first]) == [1])
    }
}
