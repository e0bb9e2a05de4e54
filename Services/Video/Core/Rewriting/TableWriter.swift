import Glibc
import Jobs
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
        guard descriptor >= 0 else { throw .writing(isFull: WriteFailure().isFull) }
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
        do throws(WriteFailure) { try waiting.write(to: descriptor) } catch { throw .writing(isFull: error.isFull) }
        waiting.removeAll(keepingCapacity: true)
    }
}
