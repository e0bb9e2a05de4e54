import Primitives

/// Why captions can not be rewritten at all.
package enum RewriteError: CodedError, Equatable {
    /// The column that is asked for, and those that there are.
    case columnMissing(String, known: [String])
    case noRows
    case tooManyRows(most: Int)
    /// The table can not be written.
    case writing(isFull: Bool)
    /// The service does not know where the gateway is.
    case noGateway
    /// The gateway's own code and sentence, for what no row can be helped with.
    case refused(code: String, String)

    package var code: String {
        switch self {
        case .columnMissing: "column-missing"
        case .noRows: "no-rows"
        case .tooManyRows: "too-many-rows"
        case .writing(let isFull): isFull ? "disk-full" : "output-unwritable"
        case .noGateway: "no-gateway"
        case .refused(let code, _): code
        }
    }

    package var message: String {
        switch self {
        case .columnMissing(let name, let known):
            "column: there is no column \(name); the columns are: \(known.prefix(30).joined(separator: ", "))"
        case .noRows: "the table has no rows"
        case .tooManyRows(let most): "the table has more than \(most) rows"
        case .writing(let isFull): isFull ? "the disk is full" : "the table can not be written"
        case .noGateway: "this worker does not know the gateway: set gateway-url"
        case .refused(_, let sentence): "the gateway refuses: \(sentence)"
        }
    }

    package var isRetriable: Bool { if case .writing(true) = self { true } else { false } }
}
