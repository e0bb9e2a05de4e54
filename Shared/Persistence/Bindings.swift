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
    private static let roomForTexts = 16 << 10
    /// Rows that one run of a statement inserts. Each run reads and writes the counter of an AUTOINCREMENT, and begins and ends by
    /// itself: for a row alone that is more than half of its cost.
    private static let rowsTogether = 16

    /// Runs a statement that gives no rows many times.
    /// - Parameter bind: gives each run's values, as many as the statement has parameters; the runs are counted from zero.
    /// - Throws: `DatabaseError`.
    package func execute(
        _ sql: String, times count: Int, _ bind: (_ run: Int, inout Bindings) -> Void
    ) throws(DatabaseError) {
        try execute(sql, rows: 0..<count, together: 1, bind)
    }

    /// Inserts rows, in their order.
    /// - Parameters:
    ///   - target: the table and its columns, as they stand behind INSERT INTO.
    ///   - bind: gives each row's values, as many as there are columns; the rows are counted from zero.
    /// - Throws: `DatabaseError`; rows before the one that fails may be there then, as with `execute`.
    package func insert(
        into target: String, rows count: Int, _ bind: (_ row: Int, inout Bindings) -> Void
    ) throws(DatabaseError) {
        let columns = target.utf8.count { $0 == UInt8(ascii: ",") } + 1
        let marks = "(" + [String](repeating: "?", count: columns).joined(separator: ", ") + ")"
        let single = "INSERT INTO \(target) VALUES \(marks)"
        let whole = count / Self.rowsTogether * Self.rowsTogether
        let others = [String](repeating: ", " + marks, count: Self.rowsTogether - 1).joined()
        try execute(single + others, rows: 0..<whole, together: Self.rowsTogether, bind)
        try execute(single, rows: whole..<count, together: 1, bind)
    }

    /// - Parameter together: how many rows' values one run of the statement takes.
    private func execute(
        _ sql: String, rows: Range<Int>, together: Int, _ bind: (_ row: Int, inout Bindings) -> Void
    ) throws(DatabaseError) {
        guard !rows.isEmpty else { return }
        let statement = try begin(sql)
        let texts = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.roomForTexts, alignment: 1)
        defer {
            // Takes the bindings back, which point at the texts.
            end(statement)
            texts.deallocate()
        }
        let expected = Int(sqlite3_bind_parameter_count(statement.handle))
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: together) {
            var bindings = Bindings(statement, texts: texts)
            for row in first..<(first + together) { bind(row, &bindings) }
            guard bindings.status == SQLITE_OK else { throw DatabaseError(code: bindings.status, handle) }
            guard bindings.count == expected else {
                throw DatabaseError(.other, "the statement takes \(expected) values, \(bindings.count) given")
            }
            while try statement.next() {}
            statement.rewind()
        }
    }
}
