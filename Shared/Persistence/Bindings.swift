import CSQLite
package import Primitives

/// The values of one run of a statement, given one after the other without being boxed: for rows that are written by the thousand.
package struct Bindings {
    private let handle: OpaquePointer
    /// Where the run's texts stand, so that SQLite need not make room for each; those that do not fit are copied by it.
    private let texts: UnsafeMutableRawBufferPointer
    private var used = 0
    private var place: Int32 = 0
    /// The first failure, as SQLite codes it.
    private(set) var status = SQLITE_OK

    /// - Parameter texts: room that stays until the statement has other bindings.
    init(_ statement: Statement, texts: UnsafeMutableRawBufferPointer) {
        (handle, self.texts) = (statement.handle, texts)
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
        text.withUTF8 { bytes in
            guard bytes.count <= texts.count - used else {
                return next { avs_sqlite_bind_text($0, $1, bytes.baseAddress, UInt(bytes.count)) }
            }
            let kept = UnsafeMutableRawBufferPointer(rebasing: texts[used..<(used + bytes.count)])
            kept.copyMemory(from: UnsafeRawBufferPointer(bytes))
            used += bytes.count
            next { avs_sqlite_bind_kept_text($0, $1, kept.baseAddress, UInt(kept.count)) }
        }
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
    /// Bytes of a run's texts that need no room of SQLite's.
    private static let roomForTexts = 4096

    /// Runs a statement that gives no rows many times.
    /// - Parameter bind: gives each run's values, as many as the statement has parameters; the runs are counted from zero.
    /// - Throws: `DatabaseError`.
    package func execute(
        _ sql: String, times count: Int, _ bind: (_ run: Int, inout Bindings) -> Void
    ) throws(DatabaseError) {
        guard count > 0 else { return }
        let statement = try begin(sql)
        let texts = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.roomForTexts, alignment: 1)
        defer {
            // Takes the bindings back, which point at the texts.
            end(statement)
            texts.deallocate()
        }
        let expected = Int(sqlite3_bind_parameter_count(statement.handle))
        for run in 0..<count {
            var bindings = Bindings(statement, texts: texts)
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
