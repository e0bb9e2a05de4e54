import Glibc
import HTTP

/// Finds where a request head ends in bytes that arrive in pieces, and refuses the line forms that parsers read differently
/// (RFC 9112, sections 2.2 and 5.2): a line feed alone and folded lines.
struct HeadScanner {
    enum Progress: Equatable {
        case incomplete
        /// The head stands in this range; empty lines before it are skipped.
        case complete(Range<Int>)
    }

    private var scanned = 0
    private var lineStart = 0
    /// Where the request line starts.
    private(set) var headStart = 0
    private(set) var hasRequestLine = false

    /// - Parameter bytes: all bytes since the last head, including those of earlier calls.
    /// - Throws: `Problem` 400.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> Progress {
        guard let base = bytes.baseAddress else { return .incomplete }
        while scanned < bytes.count, let found = memchr(base + scanned, 10, bytes.count - scanned) {
            let end = UnsafeRawPointer(found) - base
            guard end > lineStart, bytes[end - 1] == 13 else {
                throw .malformed("bare-line-feed", "a line ends without a carriage return")
            }
            scanned = end + 1
            if end - 1 == lineStart {
                if hasRequestLine { return .complete(headStart..<scanned) }
                headStart = scanned
            } else {
                if hasRequestLine && (bytes[lineStart] == 32 || bytes[lineStart] == 9) {
                    throw .malformed("folded-header", "a header field continues on a second line")
                }
                hasRequestLine = true
            }
            lineStart = scanned
        }
        scanned = bytes.count
        return .incomplete
    }
}

extension Problem {
    static func malformed(_ code: String, _ detail: String) -> Problem {
        Problem(status: .badRequest, code: code, detail)
    }
}
