import Primitives
import Testing

@Suite struct CSVTests {
    @Test(arguments: [
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]), ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("\u{FEFF}a\n", [["a"]]), ("a,,\n", [["a", "", ""]]), ("\"x, \"\"y\"\"\",2\r\n", [["x, \"y\"", "2"]]),
        ("\"two\r\nlines\",b\n\nc,d\n", [["two\r\nlines", "b"], ["c", "d"]]), ("", []), ("\"\"\n", []), ("ä,💡\n", [["ä", "💡"]]),
        ("\"\",x\n", [["", "x"]]),
    ]) func reads(text: String, rows: [[String]]) throws {
        #expect(try CSV.rows(Bytes(text.utf8)) == rows)
    }

    @Test(arguments: [("a\"b\n", 1), ("a\n\"b", 2), ("a\n\"b\" c\n", 2), ("\"x\ny\",\"z\n", 2)])
    func namesTheBadLine(text: String, line: Int) {
        #expect { try CSV.rows(Bytes(text.utf8)) } throws: { ($0 as? CSVError)?.line == line }
    }

    @Test func refusesWhatIsNotText() {
        #expect(throws: CSVError.self) { try CSV.rows([0x61, 0xFF, 0x0A]) }
    }

    @Test(arguments: [["plain", "2"], ["with, comma", "with \"quotes\"", "two\r\nlines", ""], ["ünï", "🎧"]])
    func writesWhatItReads(fields: [String]) throws {
        #expect(try CSV.rows(Bytes(CSV.line(fields).utf8)) == [fields])
    }
}
