import FoundationEssentials
import Identity
import Persistence
import Primitives
import Synchronization
import TestSupport

/// A database of its own for one test, with every table of the module.
final class Scratch: Sendable {
    private let folder: TemporaryFolder
    let clock = TestClock()
    let database: Database

    private init(_ folder: TemporaryFolder) async throws {
        self.folder = folder
        database = try await Database.open(folder.appending("identity.sqlite"), migrations: Self.migrations, durability: .normal)
    }

    static let migrations = Accounts.migrations + [NonceStore.migration, Webhooks.migration] + Outbox.migrations + Hooks.migrations

    /// Runs a test and closes its database.
    static func with(_ body: (Scratch) async throws -> Void) async throws {
        let scratch = try await Scratch(try TemporaryFolder("avstudio-identity"))
        do {
            try await body(scratch)
        } catch {
            await scratch.database.close()
            throw error
        }
        await scratch.database.close()
    }

    func rows(_ table: String) async throws -> Int64 {
        try await database.read { try $0.first("SELECT count(*) AS n FROM \(table)") { try $0.integer("n") } ?? -1 }
    }
}

/// A clock that tests set; it begins at the fixtures' time.
final class TestClock: Sendable {
    static let start = Timestamp(milliseconds: 1_800_000_000_000)
    private let time = Mutex(TestClock.start)

    var now: Timestamp { time.withLock { $0 } }
    var read: @Sendable () -> Timestamp { { self.now } }
    func advance(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}

/// The documents that Fixtures/make.py makes.
enum Fixture {
    private static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Fixtures/"

    static func read(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Bytes(try Data(contentsOf: URL(filePath: folder + name))))
    }
}
