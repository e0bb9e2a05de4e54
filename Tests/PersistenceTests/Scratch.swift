import FoundationEssentials
import Glibc
import Persistence
import Primitives
import Synchronization

/// A folder of its own for one test, removed with the last reference.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: Identifier.make("persistence")).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Log("test").warning("a temporary folder remains", ["path": .string(path), "error": .string("\(error)")])
        }
    }

    func appending(_ name: String) -> String { path + "/" + name }
    var database: String { appending("test.sqlite") }
}

struct TestFailure: Error, Equatable {
    let message: String
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

/// Waits until a condition holds.
/// - Throws: `TestFailure` when it does not within 30 seconds.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw TestFailure(message: "in vain: \(what)") }
        await Task.yield()
    }
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
