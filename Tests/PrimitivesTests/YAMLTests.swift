import Primitives
import Testing
import YAML

@Suite struct YAMLTests {
    private func parse(_ text: String) throws -> YAMLNode? { try YAMLParser.parse(Bytes(text.utf8)) }

    @Test func readsTypesAndLines() throws {
        let text = """
            # a comment
            port: 8080
            name: "8080"
            ratio: 0.5
            on: true
            list:
              - one
              - null
            """
        let root = try #require(try parse(text))
        #expect(root.json == ["port": 8080, "name": "8080", "ratio": 0.5, "on": true, "list": ["one", nil]])
        #expect(root["list"]?.line == 7)
    }

    @Test(arguments: [
        ("a: 1\na: 2", 2), ("a: [1", 2), ("a: &x 1\nb: *x", 1), ("? [1]\n: 2", 1), ("a: 1\n---\nb: 2", 3),
    ])
    func saysWhereItIsWrong(_ text: String, _ line: Int) {
        do {
            _ = try parse(text)
            Issue.record("read: \(text)")
        } catch let error as YAMLError {
            #expect(error.line == line, "\(error)")
        } catch {
            Issue.record(error)
        }
    }

    @Test func refusesDeepNesting() {
        #expect(throws: YAMLError.self) { try parse(String(repeating: "[", count: 1000)) }
    }

    @Test func emptyDocument() throws {
        #expect(try parse("# nothing\n") == nil)
    }
}
