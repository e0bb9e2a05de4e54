import FoundationEssentials
import Glibc
import Persistence
import Primitives
import Synchronization
import TestSupport

extension TemporaryFolder {
    var database: String { appending("test.sqlite") }
}

/// Something that becomes true once, seen by tasks and threads.
final class Flag: Sendable {
    private let raised = Atomic<Bool>(false)

    func raise() { raised.store(true, ordering: .sequentiallyConsistent) }

    var isRaised: Bool { raised.load(ordering: .sequentiallyConsistent) }

    /// Holds up a thread of the database, never a task.
    func holdThread() {
        let end = ContinuousClock.now + .seconds(30)
        while !isRaised && ContinuousClock.now < end { sched_yield() }
    }

    func wait() async throws {
        try await eventually("the flag is raised") { self.isRaised }
    }
}

/// A number that tasks and threads raise together.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    func raise() { count.wrappingAdd(1, ordering: .sequentiallyConsistent) }

    var value: Int { count.load(ordering: .sequentiallyConsistent) }
}

extension Migration {
    static let numbers = Migration(id: "numbers-1", sql: "CREATE TABLE number (value INTEGER PRIMARY KEY, filling BLOB) STRICT")
}

extension Connection {
    func insertNumber(_ value: Int, filling: Bytes? = nil) throws {
        try execute("INSERT INTO number VALUES (?, ?)", value, filling)
    }

    func numbers() throws -> [Int] {
        try query("SELECT value FROM number ORDER BY value") { Int(try $0.integer("value")) }
    }

    func pragma(_ name: String) throws -> SQLiteValue? {
        try first("SELECT * FROM pragma_\(name)") { row in
            let column = name == "busy_timeout" ? "timeout" : name
            do { return .integer(try row.integer(column)) } catch { return .text(try row.text(column)) }
        }
    }
}
