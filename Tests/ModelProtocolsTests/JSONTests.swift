import ModelProtocols
import Primitives
import Testing

@Suite("JSON text")
struct JSONTests {
    @Test(
        "Documents that RFC 8259 allows",
        arguments: [
            "null", " true ", "[]", "{}", "-0", "0.5", "1e9", "-1.25E-3", #""""#, #""a\"b\\c\/\b\f\n\r\t\u00e9\ud83d\ude00""#,
            #"{"a":[1,2,{"b":null}],"c":"ü"}"#, "[\n1,\t2 ]",
        ])
    func accepts(_ text: String) throws {
        let tape = try JSONTape(parsing: Bytes(text.utf8))
        #expect(try JSONValue(parsing: tape.root.raw.bytes) == JSONValue(text))
    }

    @Test(
        "Texts that are no documents",
        arguments: [
            "", " ", "nul", "truee", "[1,]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{a:1}"#, "01", "-", "1.", ".5", "1e", "+1", "[1 2]",
            "\"a",
            "\"\\x\"", "\"\\u12g4\"", "\"\u{01}\"", "[", "{", "[1]]", "NaN", "'a'", "// c\n1", #"{"a":1 "b":2}"#,
        ])
    func rejects(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONTape(parsing: Bytes(text.utf8)) }
    }

    @Test("A document cut anywhere is refused, never misread")
    func cuts() throws {
        let text = Bytes(Fixtures.chatRequest.utf8)
        for length in 0..<text.count { #expect(throws: JSONSyntaxError.self) { try JSONTape(parsing: Bytes(text[..<length])) } }
    }

    @Test("Nesting is bounded", arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depth(_ open: String, _ close: String) throws {
        func nested(_ count: Int) -> Bytes {
            Bytes((String(repeating: open, count: count) + "1" + String(repeating: close, count: count)).utf8)
        }
        _ = try JSONTape(parsing: nested(JSONParser.maximumDepth))
        #expect(throws: JSONSyntaxError.self) { try JSONTape(parsing: nested(JSONParser.maximumDepth + 1)) }
        #expect(throws: JSONSyntaxError.self) { try JSONTape(parsing: nested(100_000)) }
    }

    @Test("Broken UTF-8 is refused from callers and mended from providers")
    func encoding() throws {
        let broken: Bytes = [0x22, 0x61, 0xFF, 0x62, 0x22]
        #expect(throws: JSONSyntaxError.self) { try JSONTape(parsing: broken) }
        #expect(try JSONTape(repairing: broken).root.string == "a\u{FFFD}b")
    }

    @Test(
        "Strings are unescaped",
        arguments: [
            (#""\ud83d\ude00 \u00fc""#, "😀 ü"), (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""a\tb\\n""#, "a\tb\\n"), (#""\u0000""#, "\0"),
        ])
    func strings(_ text: String, _ expected: String) throws {
        #expect(try JSONTape(parsing: Bytes(text.utf8)).root.string == expected)
    }

    @Test(
        "Whole numbers are read exactly, or not at all",
        arguments: [
            ("9223372036854775807", Int.max as Int?), ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("1.0", 1),
            ("1.5", nil), ("1e3", 1000), ("-0", 0),
        ])
    func integers(_ text: String, _ expected: Int?) throws {
        #expect(try JSONTape(parsing: Bytes(text.utf8)).root.integer == expected)
    }

    @Test("What is written reads back", arguments: ["plain", "q\"b\\s/", "\u{0}\u{1F}\u{7F}", "☀️ ü 😀", "\r\n\t"])
    func writes(_ text: String) throws {
        var json = JSONBuilder()
        json.object { json in
            json.member("text", text)
            json.key(named: text)
            json.value(-17)
            json.member("number", 0.1)
            json.member("nan", Double.nan)
            json.array("list") { json in
                json.value(true)
                json.array { _ in }
                json.null()
            }
        }
        let expected: JSONValue = .object([
            "text": .string(text), text: -17, "number": 0.1, "nan": nil, "list": [true, [], nil],
        ])
        #expect(try JSONValue(parsing: json.bytes) == expected)
        #expect(try JSONTape(parsing: json.bytes).root["text"]?.string == text)
    }

    @Test("A value knows where it lies")
    func path() throws {
        let root = try JSONTape(parsing: Bytes(#"{"a":[1,{"b":[true,"x"]}],"c":2}"#.utf8)).root
        #expect(root.path == "")
        #expect(root["a"]?.elements[1]["b"]?.elements[1].path == "a[1].b[1]")
        #expect(root["c"]?.path == "c")
    }
}
