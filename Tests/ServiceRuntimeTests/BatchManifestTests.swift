import Jobs
import Primitives
import Testing

@testable import ServiceRuntime

struct BatchManifestTests {
    /// What a stranger wrote must not be run by the spreadsheet that the table is opened with.
    @Test(arguments: ["=HYPERLINK(\"http://x\")", "+1", "-1+2", "@SUM(A1)", "\tx", "plain, with a comma"])
    func cellsAreNoFormulas(_ name: String) throws {
        let document: JSONValue = [
            "id": "batch_1", "operation": "audio.probe", "steps": [], "total": 1, "states": ["failed": 1], "progress": 1,
            "created": "2026-01-01T00:00:00.000Z", "finished": true,
            "items": [
                [
                    "index": 0, "name": .string(name), "state": "failed", "step": 1, "progress": 1, "files": [],
                    "problem": ["code": "c", "message": "m", "retriable": false],
                ]
            ],
        ]
        let rows = try CSV.rows(BatchManifest.csv(try document.decoded(as: BatchDocument.self)))
        #expect(rows[1][3] == (name.hasPrefix("plain") ? name : "'" + name))
        #expect(rows[1][0] == "0" && rows[1][7] == "c: m")
    }
}
