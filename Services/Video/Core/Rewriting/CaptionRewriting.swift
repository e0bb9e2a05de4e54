import Primitives

/// Rewrites the captions of a table through a language model, many rows a call and several calls at once, holding no more rows
/// than are asked about, and no more than a few mebibytes of them.
struct CaptionRewriting {
    /// How it is done.
    struct Settings {
        let column: String
        let output: String
        let instruction: String
        let model: String
        let rowsPerCall: Int
        let callsAtOnce: Int
        let maximumTokens: Int?
    }

    /// What came out.
    struct Outcome {
        var rows = 0
        var rewritten = 0
        /// Empty ones, and those that an earlier run had rewritten.
        var kept = 0
        var failed = 0
        var usage = ModelClient.Usage()
        /// Rows by the code of what failed.
        var errors: [String: Int] = [:]
        /// The first of them.
        var failures: [(row: Int, code: String, message: String)] = []
    }

    private static let mostFailures = 50
    /// Rows and bytes that wait for answers.
    private static let mostWaiting = (rows: 4096, bytes: 8 << 20)

    private let settings: Settings
    private var calls: ModelCalls
    private var outcome = Outcome()

    init(_ settings: Settings, client: ModelClient) { (self.settings, calls) = (settings, ModelCalls(client)) }

    /// Looks through a table before anything is paid for.
    /// - Returns: its rows.
    /// - Throws: `CSVError`, `RewriteError`.
    func count(_ path: String) throws -> Int {
        let records = try CSVRecords(path: path)
        let table = try self.table(records)
        var (count, bytes) = (0, 0)
        while true {
            let line = records.nextLine
            guard let fields = try records.next() else { break }
            try table.check(fields, line: line)
            // What is written has at least as much, and a comma or line end behind each field.
            bytes += Self.weight(fields, field: 0) + table.columns.count
            guard bytes <= CaptionTable.mostBytes else { throw RewriteError.tableTooLarge(most: CaptionTable.mostBytes) }
            count += 1
            guard count <= CaptionTable.mostRows else { throw RewriteError.tooManyRows(most: CaptionTable.mostRows) }
        }
        guard count > 0 else { throw RewriteError.noRows }
        return count
    }

    /// Bytes of a row, with those that each field takes besides its text.
    private static func weight(_ row: [String], field: Int) -> Int { row.reduce(0) { $0 + $1.utf8.count + field } }

    private func table(_ records: CSVRecords) throws -> CaptionTable {
        guard let header = try records.next() else { throw RewriteError.noRows }
        return try CaptionTable(header: header, column: settings.column, output: settings.output)
    }

    /// - Parameters:
    ///   - path: of the table, which `count` has looked through.
    ///   - output: of the table to write.
    ///   - progress: called with the number of rows done.
    /// - Throws: `ModelCallError.failed` when nothing could be rewritten; `RewriteError`, `CSVError`, `CancellationError`.
    mutating func run(_ path: String, to output: String, progress: (Int) -> Void) async throws -> Outcome {
        let records = try CSVRecords(path: path)
        let table = try table(records)
        var writer = try TableWriter(path: output)
        try writer.add(table.columns)
        var window: [[String]] = []
        var (asked, bytes) = (0, 0)
        while true {
            let row = try records.next().map(table.row)
            if let row {
                window.append(row)
                bytes += Self.weight(row, field: MemoryLayout<String>.stride)
                if table.question(row) != nil { asked += 1 }
            }
            // Rows with nothing to ask wait as well, for they come out in order; they may not wait for ever.
            let isFull =
                asked >= settings.rowsPerCall * settings.callsAtOnce || window.count >= Self.mostWaiting.rows
                || bytes >= Self.mostWaiting.bytes
            guard isFull || row == nil else { continue }
            for row in try await done(window, table) { try writer.add(row) }
            progress(outcome.rows)
            (window, asked, bytes) = ([], 0, 0)
            if row == nil { break }
        }
        try writer.flush()
        // A table in which nothing is new is no result: what may pass is tried again as a whole.
        if outcome.rewritten == 0, let failure = calls.failure { throw ModelCallError.failed(failure) }
        outcome.usage = calls.usage
        return outcome
    }

    /// Rows as they come out.
    private mutating func done(_ rows: [[String]], _ table: CaptionTable) async throws -> [[String]] {
        var rows = rows
        let first = outcome.rows + 1
        outcome.rows += rows.count
        let places = rows.indices.filter { table.question(rows[$0]) != nil }
        outcome.kept += rows.count - places.count
        for place in rows.indices where table.question(rows[place]) == nil { rows[place] = table.kept(rows[place]) }
        let chunks = stride(from: 0, to: places.count, by: settings.rowsPerCall).map {
            Array(places[$0..<min($0 + settings.rowsPerCall, places.count)])
        }
        let answers = try await calls.ask(
            chunks.map { chunk in
                RewriteQuestion(
                    captions: chunk.compactMap { table.question(rows[$0]) }, instruction: settings.instruction,
                    model: settings.model, maximumTokens: settings.maximumTokens)
            })
        for (chunk, answer) in zip(chunks, answers) {
            for (number, place) in chunk.enumerated() {
                switch answer {
                case .answer(let texts):
                    if let text = texts[number] {
                        rows[place] = table.answered(rows[place], text)
                        outcome.rewritten += 1
                    } else {
                        fail(&rows[place], table, first + place, "answer-incomplete", "the model's answer leaves this caption out")
                    }
                case .failure(let failure): fail(&rows[place], table, first + place, failure.code, failure.message)
                }
            }
        }
        return rows
    }

    private mutating func fail(
        _ row: inout [String], _ table: CaptionTable, _ number: Int, _ code: String, _ message: String
    ) {
        row = table.failed(row, "\(code): \(message)")
        outcome.failed += 1
        outcome.errors[code, default: 0] += 1
        if outcome.failures.count < Self.mostFailures { outcome.failures.append((number, code, message)) }
    }
}
