import CSQLite
package import Primitives

/// The values of one run of a statement, given one after the other without being boxed: for rows that are written by the thousand.
package struct Bindings {
    private let handle: OpaquePointer
    private var place: Int32 = 0
    /// The first failure, as SQLite codes it.
    private(set) var status = SQLITE_OK

    init(_ statement: Statement) {
        handle = statement.handle
    }

    /// How many values were given.
    var count: Int { Int(place) }

    package mutating func add(_ number: Int64) { next { sqlite3_bind_int64($0, $1, number) } }
    package mutating func add(_ number: Int) { add(Int64(number)) }
    package mutating func add(_ number: Double) { next { sqlite3_bind_double($0, $1, number) } }
    package mutating func add(_ isTrue: Bool) { add(Int64(isTrue ? 1 : 0)) }
    /// Milliseconds since 1970.
    package mutating func add(_ time: Timestamp) { add(time.milliseconds) }
    package mutating func add(_ number: Double?) { if let number { add(number) } else { addNull() } }

    package mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in next { avs_sqlite_bind_text($0, $1, bytes.baseAddress, UInt(bytes.count)) } }
    }

    package mutating func add(_ text: String?) { if let text { add(text) } else { addNull() } }

    package mutating func addNull() { next { sqlite3_bind_null($0, $1) } }

    private mutating func next(_ bind: (OpaquePointer, Int32) -> Int32) {
        place += 1
        let status = bind(handle, place)
        if self.status == SQLITE_OK { self.status = status }
    }
}

extension Connection {
    /// Runs a statement that gives no rows many times.
    /// - Parameter bind: gives each run's values, as many as the statement has parameters; the runs are counted from zero.
    /// - Throws: `DatabaseError`.
    package func execute(
        _ sql: String, times count: Int, _ bind: (_ run: Int, inout Bindings) -> Void
    ) throws(DatabaseError) {
        guard count > 0 else { return }
        let statement = try begin(sql)
        defer { end(statement) }
        let expected = Int(sqlite3_bind_parameter_count(statement.handle))
        for run in 0..<count {
            var bindings = Bindings(statement)
            bind(run, &bindings)
            guard bindings.status == SQLITE_OK else { throw DatabaseError(code: bindings.status, handle) }
            guard bindings.count == expected else {
                throw DatabaseError(.other, "the statement takes \(expected) values, \(bindings.count) given")
            }
            while try statement.next() {}
            statement.rewind()
        }
    }
}
