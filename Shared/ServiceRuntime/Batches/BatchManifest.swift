import Contracts
import Jobs
import Primitives

/// What became of every item of a batch, as a table for people and programs.
enum BatchManifest {
    private static let columns = ["index", "input", "url", "name", "state", "step", "job", "problem", "files"]

    static func json(_ batch: BatchDocument) throws -> Bytes {
        try JSON.encode(batch)
    }

    static func csv(_ batch: BatchDocument) -> Bytes {
        var text = CSV.line(columns)
        for item in batch.items {
            let cells = [
                "\(item.index)", item.input ?? "", item.url ?? "", item.name ?? "", item.state.rawValue, "\(item.step)",
                item.job ?? "", item.problem.map { "\($0.code): \($0.message)" } ?? "",
                item.files.compactMap(\.file).joined(separator: " "),
            ]
            text += CSV.line(cells.map(harmless))
        }
        return Bytes(text.utf8)
    }

    /// Spreadsheets take a cell for a formula by its first character (OWASP, "CSV Injection"); after an apostrophe it is text.
    private static func harmless(_ cell: String) -> String {
        guard let first = cell.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else { return cell }
        return "'" + cell
    }
}
