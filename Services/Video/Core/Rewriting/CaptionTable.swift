import Primitives

/// The columns of a table of captions, and what they hold before and after a rewriting.
struct CaptionTable {
    /// What became of a row.
    enum Status: String {
        case rewritten
        /// There is nothing to rewrite.
        case kept
        case failed
    }

    static let statusColumn = "rewrite_status"
    static let problemColumn = "rewrite_problem"
    static let mostRows = 1_000_000
    static let mostColumns = 1000
    /// Bytes of a caption, the old one and the new one.
    static let mostCaptionBytes = 32 << 10
    /// Bytes of the table that is written.
    static let mostBytes = 512 << 20

    /// Of the table that is written.
    let columns: [String]
    private let known: Int
    private let source: Int
    private let target: Int
    private let status: Int
    private let problem: Int

    /// - Parameters:
    ///   - header: of the table that is read.
    ///   - column: with the captions.
    ///   - output: takes the new captions; it may be one of the table, and is added otherwise.
    /// - Throws: `RewriteError.columnMissing`, `.tooManyColumns`.
    init(header: [String], column: String, output: String) throws(RewriteError) {
        // Every row is filled up to all columns: many short rows of a wide table would take far more room than they came in.
        guard header.count <= Self.mostColumns else { throw .tooManyColumns(header.count, most: Self.mostColumns) }
        guard let source = header.firstIndex(of: column) else { throw .columnMissing(column, known: header) }
        var columns = header
        func place(_ name: String) -> Int {
            if let index = columns.firstIndex(of: name) { return index }
            columns.append(name)
            return columns.count - 1
        }
        (target, status, problem) = (place(output), place(Self.statusColumn), place(Self.problemColumn))
        (self.columns, self.source, known) = (columns, source, header.count)
    }

    /// - Throws: `CSVError` when a row has more fields than the table has columns; `RewriteError.captionTooLong`.
    func check(_ fields: [String], line: Int) throws {
        guard fields.count <= known else {
            throw CSVError(line: line, "the row has \(fields.count) fields, and the table \(known) columns")
        }
        guard fields.count <= source || fields[source].utf8.count <= Self.mostCaptionBytes else {
            throw RewriteError.captionTooLong(line: line, most: Self.mostCaptionBytes)
        }
    }

    /// A row as it came, filled up to all columns.
    func row(_ fields: [String]) -> [String] { fields + Array(repeating: "", count: columns.count - fields.count) }

    /// The caption to rewrite; `nil` where there is none, or an earlier run has rewritten it.
    func question(_ row: [String]) -> String? {
        isDone(row) || row[source].allSatisfy(\.isWhitespace) ? nil : row[source]
    }

    /// Whether an earlier run has rewritten it.
    func isDone(_ row: [String]) -> Bool { row[status] == Status.rewritten.rawValue && !row[target].isEmpty }

    func answered(_ row: [String], _ text: String) -> [String] { filled(row, text, .rewritten, "") }

    /// The original stays where there is no new caption.
    func kept(_ row: [String]) -> [String] { isDone(row) ? row : filled(row, row[source], .kept, "") }

    func failed(_ row: [String], _ reason: String) -> [String] { filled(row, row[source], .failed, reason) }

    private func filled(_ row: [String], _ text: String, _ state: Status, _ reason: String) -> [String] {
        var row = row
        (row[target], row[status], row[problem]) = (text, state.rawValue, reason)
        return row
    }
}
