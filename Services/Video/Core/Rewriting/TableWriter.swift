import Glibc
import Primitives

/// Writes a table line by line.
struct TableWriter: ~Copyable {
    private static let block = 1 << 16
    private let descriptor: Int32
    private var waiting: Bytes = []
    private var total = 0

    /// - Throws: `RewriteError.writing`.
    init(path: String) throws(RewriteError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure() }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// - Throws: `RewriteError.writing`, `.tableTooLarge`.
    mutating func add(_ fields: [String]) throws(RewriteError) {
        let line = CSV.line(fields).utf8
        total += line.count
        guard total <= CaptionTable.mostBytes else { throw .tableTooLarge(most: CaptionTable.mostBytes) }
        waiting += line
        if waiting.count >= Self.block { try flush() }
    }

    /// - Throws: `RewriteError.writing`.
    mutating func flush() throws(RewriteError) {
        var done = 0
        while done < waiting.count {
            let wrote = waiting.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else { throw Self.failure() }
            done += wrote
        }
        waiting.removeAll(keepingCapacity: true)
    }

    private static func failure() -> RewriteError { .writing(isFull: [ENOSPC, EDQUOT, EFBIG].contains(errno)) }
}
