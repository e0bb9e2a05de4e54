import Primitives
import Testing

@Suite struct JSONValueTests {
    @Test func serializesSortedAndEscaped() throws {
        let value: JSONValue = ["b": [1, 2.5, nil, true], "a": "line\n\"quote\" \u{1}", "c": [:], "d": .number(.nan)]
        let text = String(decoding: value.serialized(), as: UTF8.self)
        #expect(text == #"{"a":"line\n\"quote\" \u0001","b":[1,2.5,null,true],"c":{},"d":null}"#)
        #expect(try JSONValue(parsing: Bytes(text.utf8))["b"] == [1, 2.5, nil, true])
    }

    @Test(arguments: ["", "{", "{\"a\":NaN}", "[1 2]", "\"\u{1}\"", "{'a':1}"])
    func refusesWhatIsNotJSON(_ text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: Bytes(text.utf8)) }
    }

    @Test func aSmallTextMustNotBecomeALargeDocument() throws {
        func zeros(_ count: Int) -> Bytes {
            [0x5B] + Array([Bytes](repeating: [0x30, 0x2C], count: count - 1).joined()) + [0x30, 0x5D]
        }
        #expect(try JSONValue(parsing: zeros(1000)).arrayValue?.count == 1000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: zeros(JSONParser.maximumValues)) }
    }

    @Test func numbersOutOfRangeAreRefused() throws {
        #expect(throws: JSONError.self) { try JSONValue(parsing: Bytes("[1e999]".utf8)) }
        #expect(try JSONValue(parsing: Bytes("[1.0, 1e3, -0, 18446744073709551616]".utf8)) == [1, 1000, 0, .number(0x1p64)])
    }

    @Test func theLastOfTwoMembersCounts() throws {
        #expect(try JSONValue(parsing: Bytes(#"{"a":1,"\u0061":2}"#.utf8)) == ["a": 2])
    }

    @Test func refusesBadUTF8() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test func namesThePathOfWhatDoesNotFit() {
        struct Inner: Decodable { let count: Int }
        struct Outer: Decodable { let inner: Inner }
        do {
            _ = try JSON.decode(Outer.self, from: Bytes(#"{"inner":{"count":"many"}}"#.utf8))
            Issue.record("a text was read as a number")
        } catch {
            #expect(error.path == "inner.count")
        }
    }

    @Test func wholeNumbersStayWhole() throws {
        #expect(try JSONValue(parsing: Bytes("9007199254740993".utf8)) == .integer(9_007_199_254_740_993))
    }
}
