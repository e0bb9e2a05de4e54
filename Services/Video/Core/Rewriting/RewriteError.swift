import Primitives

/// Why captions can not be rewritten at all.
package enum RewriteError: CodedError, Equatable {
    /// The column that is asked for, and those that there are.
    case columnMissing(String, known: [String])
    case noRows
    case tooManyRows(most: Int)
    case tooManyColumns(Int, most: Int)
    /// The line of the file, and bytes that a caption may have.
    case captionTooLong(line: Int, most: Int)
    /// Bytes that the table which is written may have.
    case tableTooLarge(most: Int)
    /// The table can not be written.
    case writing(isFull: Bool)

    package var code: String {
        switch self {
        case .columnMissing: "column-missing"
        case .noRows: "no-rows"
        case .tooManyRows: "too-many-rows"
        case .tooManyColumns: "too-many-columns"
        case .captionTooLong: "caption-too-long"
        case .tableTooLarge: "table-too-large"
        case .writing(let isFull): isFull ? "disk-full" : "output-unwritable"
        }
    }

    package var message: String {
        switch self {
        case .columnMissing(let name, let known):
            "column: there is no column \(name); the columns are: \(known.prefix(30).joined(separator: ", "))"
        case .noRows: "the table has no rows"
        case .tooManyRows(let most): "the table has more than \(most) rows"
        case .tooManyColumns(let count, let most): "the table has \(count) columns, and may have \(most)"
        case .captionTooLong(let line, let most): "line \(line): the caption has more than \(most >> 10) KiB"
        case .tableTooLarge(let most): "the table with the new captions would have more than \(most >> 20) MiB"
        case .writing(let isFull): isFull ? "the disk is full" : "the table can not be written"
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .writing(let isFull): isFull
        default: false
        }
    }
}
