import Foundation
import Primitives
import TestSupport
import Testing

@Suite struct CSVRecordsTests {
    private func read(_ text: String) throws -> [[String]] {
        let folder = try TemporaryFolder("csv")
        defer { folder.remove() }
        try Data(text.utf8).write(to: URL(filePath: folder.appending("table.csv")))
        let records = try CSVRecords(path: folder.appending("table.csv"))
        var rows: [[String]] = []
        while let fields = try records.next() { rows.append(fields) }
        return rows
    }

    @Test(arguments: [
        "a,b\r\n1,\"x, \"\"y\"\"\"\r\n", "\u{FEFF}a\nb\n\n\nc", "a,\"line\nfeed\",c\n1,2,3\n", "", "\n\n", "a", "é,ü\n\"ß\n\",\n",
    ])
    func recordsAreTheRowsOfTheWhole(_ text: String) throws {
        #expect(try read(text) == CSV.rows(Bytes(text.utf8)))
    }

    /// Fields of all lengths, so that records lie across the blocks that are read.
    @Test func longFilesAreReadInBlocks() throws {
        let text = (0..<3000).map { row in
            CSV.line(["\(row)", String(repeating: row % 7 == 0 ? "\"" : "ä\n,", count: row % 61), "end"])
        }.joined()
        let (rows, whole) = (try read(text), try CSV.rows(Bytes(text.utf8)))
        #expect(text.utf8.count > 200_000 && rows.count == 3000 && rows == whole)
    }

    @Test func errorsNameTheLineOfTheFile() throws {
        for (text, line) in [("a\n\"b\nc\"\nd\"e\n", 4), ("a\nb\n\"c\nd\n", 3)] {
            let error = #expect(throws: CSVError.self) { try read(text) }
            #expect(error?.line == line, "\(text)")
        }
        let endless = #expect(throws: CSVError.self) { try read("a\n\"" + String(repeating: "x\n", count: 700_000)) }
        #expect(endless?.message == "line 2: a record is larger than a mebibyte")
        #expect(throws: CSVError.self) { try CSVRecords(path: "/nonexistent/table.csv") }
    }
}
