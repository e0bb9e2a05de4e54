import FoundationEssentials
import ModelRouting
import Persistence
import Primitives
import Synchronization
import TestSupport

extension TemporaryFolder {
    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }

    /// Opens the one database of the test with every table of the module.
    func open(_ durability: Durability = .normal) async throws -> Database {
        try await Database.open(path + "/routing.sqlite", migrations: Self.migrations, durability: durability)
    }

    static let migrations =
        Budgets.migrations + UsageLedger.migrations + [ResponseCache.migration, DecisionLog.migration, events]

    private static let events = Migration(
        id: "test-events", sql: "CREATE TABLE event (budget TEXT, subject TEXT, threshold INTEGER)")
}

/// A clock that tests set.
final class TestClock: Sendable {
    private let time: Mutex<Timestamp>

    init(_ iso8601: String) {
        time = Mutex(Self.time(iso8601))
    }

    var now: Timestamp { time.withLock { $0 } }

    func set(_ iso8601: String) { time.withLock { $0 = Self.time(iso8601) } }
    func advance(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }

    static func time(_ iso8601: String) -> Timestamp { Timestamp(iso8601: iso8601) ?? Timestamp(milliseconds: -1) }
}

extension Budgets {
    /// Over a scratch database; events go into its table.
    static func open(_ database: Database, _ clock: TestClock) async throws -> Budgets {
        try await Budgets(database, clock: { clock.now }) { event, connection in
            try connection.execute("INSERT INTO event VALUES (?, ?, ?)", event.budget, event.scope.id, event.threshold)
        }
    }

    func spent(_ caller: BudgetCaller) async throws -> Money { try await statuses(for: caller).first?.spent ?? .zero }
    func reserved(_ caller: BudgetCaller) async throws -> Money { try await statuses(for: caller).first?.reserved ?? .zero }
}

extension Database {
    func thresholds() async throws -> [Int] {
        try await read { try $0.query("SELECT threshold FROM event ORDER BY rowid") { Int(try $0.integer("threshold")) } }
    }
}
