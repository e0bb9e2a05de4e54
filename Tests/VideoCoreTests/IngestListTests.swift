import Foundation
import Primitives
import TestSupport
import Testing

@testable import VideoCore

/// Lists of URLs as people write them.
@Suite struct IngestListTests {
    private func list(_ text: String, _ name: String = "", creator: String = "") throws -> [IngestEntry] {
        try IngestList(Bytes(text.utf8), format: .auto, name: name, creator: creator).entries
    }

    @Test func readsTextJSONAndCSV() throws {
        let text = try list("# films\r\n\r\nhttps://A.example/1.mp4\r\nAnn Lee  https://b.example/2.mp4\n")
        #expect(text.map(\.creator) == ["a.example", "Ann Lee"] && text[1].url == "https://b.example/2.mp4")
        let json = try list(#"{"Bob": ["https://b.example/2"], "Ann": [{"url": "https://a.example/1", "name": "x.mp4"}]}"#)
        #expect(json.map(\.creator) == ["Ann", "Bob"] && json[0].name == "x.mp4")
        let array = try list(#"["https://a.example/1", {"url": "https://a.example/2", "creator": "Cy"}]"#, creator: "Dee")
        #expect(array.map(\.creator) == ["Dee", "Cy"])
        let csv = try list("\u{FEFF}URL, Creator\n\"https://a.example/x,y\",Ann\n", "list.csv")
        #expect(csv.map(\.url) == ["https://a.example/x,y"] && csv[0].creator == "Ann")
    }

    @Test(arguments: [
        ("creator,url\nAnn,https://a.example/1\nBob\nCy,ftp://a.example/2\n", "line 3", "line 4"),
        ("url\nhttps://a.example/1\nhttps://u:p@a.example/1\n\nnothing\n", "line 3", "line 5"),
        ("url,name\n\"https://a.example/\n1\",x\nhttps://a.example/1,../x\n", "line 2", "line 4"),
        ("url,creator\nhttps://a.example/1,.hidden\nhttps://a.example/1,a/b\n", "line 2", "line 3"),
        ("url,sha256\nhttps://a.example/1,12\nhttps:///x,\n", "line 2", "line 3"),
        ("https://a.example/1\nhttps://\n/etc/passwd\n", "line 2", "line 3"),
        ("https://a.example/1\r\n\rnothing\n\n/else\r\n", "line 3", "line 5"),
        ("[\"https://a.example/1\", 5, {\"link\": 1}]", "entry 2", "entry 3"),
        ("{\"Ann\": 5, \"Bob\": [null]}", "Ann", "Bob, entry 1"),
    ])
    func namesTheLinesThatAreWrong(text: String, first: String, second: String) throws {
        let error = #expect(throws: IngestError.self) { _ = try list(text) }
        guard case .badList(let problems)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problems.count == 2 && problems[0].hasPrefix(first + ":") && problems[1].hasPrefix(second + ":"), "\(problems)")
        #expect(error?.message.contains(first) == true)
    }

    @Test(arguments: [("", "x\n", ""), ("url\n", "x\n", ""), ("[", "0,", "0]"), ("{\"Ann\":[", "{},", "0]}")])
    func aFewProblemsAreEnough(begin: String, bad: String, end: String) {
        let text = begin + String(repeating: bad, count: 300_000) + end
        let error = #expect(throws: IngestError.self) { _ = try list(text) }
        guard case .badList(let problems)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problems.count == IngestList.mostProblems)
    }

    @Test(arguments: ["", "url\n"]) func tooManyURLsAreRefused(header: String) throws {
        let line = "https://a.example/1\n"
        #expect(try list(header + String(repeating: line, count: IngestList.mostEntries)).count == IngestList.mostEntries)
        #expect(throws: IngestError.tooManyURLs) { try list(header + String(repeating: line, count: IngestList.mostEntries + 1)) }
    }

    /// A file is read to its end though its name has gone to another.
    @Test func aFileStaysTheOneThatWasOpened() throws {
        let folder = try TemporaryFolder("library-file")
        defer { folder.remove() }
        let (path, bytes) = (folder.appending("film"), IngestFixture.noise(5 << 19))
        try Data(bytes).write(to: URL(filePath: path))
        let file = try LibraryFile(path)
        var read = try file.read(from: 0)
        try Data([1]).write(to: URL(filePath: path), options: .atomic)
        while case let piece = try file.read(from: Int64(read.count)), !piece.isEmpty { read += piece }
        #expect(read == bytes)
        #expect(throws: IngestError.self) { try LibraryFile(folder.appending("none")) }
    }

    @Test(arguments: ["", "\n# nothing\n", "[]", "{}", "url\n"])
    func anEmptyListIsRefused(text: String) {
        #expect(throws: IngestError.emptyList) { _ = try list(text) }
    }

    @Test func brokenDocumentsAreRefused() {
        #expect(throws: CSVError.self) { _ = try list("url\n\"https://a.example/1\n") }
        #expect(throws: (any Error).self) { _ = try list("[\"https://a.example/1\"") }
        #expect(throws: IngestError.self) { _ = try IngestList([0xFF, 0xFE, 0x41], format: .text) }
        #expect(throws: IngestError.listTooLarge) {
            _ = try IngestList(Bytes(repeating: 10, count: IngestList.mostBytes + 1), format: .text)
        }
    }

    @Test(arguments: [
        ("https://a.example/clip.mp4?x=1#y", "clip.mp4"), ("https://a.example/..%2f..%2fetc", "etc"),
        ("https://a.example/.hidden", "hidden"), ("https://a.example/-rf", "rf"), ("https://a.example/%00%01", "input"),
    ])
    func filesAreNamedAfterTheirURLs(url: String, name: String) {
        #expect(LibraryName.name(ofURL: url) == name && LibraryName.isGood(name))
    }
}
