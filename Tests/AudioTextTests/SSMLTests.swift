import AudioText
import TestSupport
import Testing

@Suite(.computing) struct SSMLTests {
    private func pieces(_ body: String) throws -> [SpeechPiece] {
        try SSMLScript(normalizer: SpeechNormalizer()).pieces("<speak>\(body)</speak>")
    }

    private func words(_ body: String) throws -> String {
        try pieces(body).map(\.text).joined(separator: " | ")
    }

    @Test(arguments: [
        ("Hello, world!", "Hello, world!"), ("I paid $5.", "I paid five dollars."),
        ("<say-as interpret-as=\"digits\">123</say-as>", "one two three"),
        ("Dial <say-as interpret-as='telephone'>555-1234</say-as>, now.", "Dial five five five, one two three four, now."),
        ("<say-as interpret-as=\"characters\">aB3-</say-as>", "A B three dash"),
        ("<say-as interpret-as=\"cardinal\">1,234</say-as>", "one thousand two hundred thirty-four"),
        ("<say-as interpret-as=\"cardinal\">-007</say-as>", "minus seven"),
        ("<say-as interpret-as=\"ordinal\">21</say-as>", "twenty-first"),
        ("<say-as interpret-as=\"ordinal\">XIV</say-as>", "fourteenth"),
        ("<say-as interpret-as=\"date\" format=\"dmy\">3/4/2026</say-as>", "April third, twenty twenty-six"),
        ("<say-as interpret-as=\"date\" format=\"ymd\">20260403</say-as>", "April third, twenty twenty-six"),
        ("<say-as interpret-as=\"date\" format=\"my\">4/2026</say-as>", "April twenty twenty-six"),
        ("<say-as interpret-as=\"date\" format=\"dmy\">99/99/2026</say-as>", "ninety-nine over ninety-nine over twenty twenty-six"),
        ("<say-as interpret-as=\"date\">2026-04-03</say-as>", "April third, twenty twenty-six"),
        ("<say-as interpret-as=\"time\">3:30pm</say-as>", "three thirty P M"),
        ("<say-as interpret-as=\"other\">5</say-as>", "five"),
        ("The <sub alias=\"World Wide Web Consortium\">W3C</sub>.", "The World Wide Web Consortium."),
        ("un<emphasis level=\"strong\">believ</emphasis>able", "unbelievable"), ("a<!-- no -->b", "ab"),
        ("Tom &amp; Jerry", "Tom and Jerry"),
        ("&#72;&#x69;", "Hi"), ("<![CDATA[x < y & z]]>", "x less than y and z"),
        ("<amazon:effect name=\"x\">soft</amazon:effect>", "soft"),
        ("<voice name='x'><lang xml:lang='fr'>Bonjour</lang></voice>", "Bonjour"), ("<metadata>secret</metadata>seen", "seen"),
        ("<audio src=\"x.wav\">instead<desc>a dog</desc></audio>", "instead"), ("مرحبا <break/> שלום", "مرحبا | שלום"), ("", ""),
        ("🎉", ""),
    ])
    func text(body: String, spoken: String) throws {
        #expect(try words(body) == spoken)
    }

    @Test func breaksAndBoundaries() throws {
        let found = try pieces("<p><s>One.</s><s>Two.</s></p><p>Three.<break time='500ms'/>Four.<break strength='none'/></p>Five")
        #expect(found.map(\.text) == ["One.", "Two.", "Three.", "Four.", "Five"])
        #expect(found.map(\.pause) == [0.35, 0.7, 0.5, 0.7, 0])
        #expect(try pieces("<break time=\"1.5s\"/>Hi<break time='1s'/><break time='+.25s'/>").map(\.pause) == [1.5, 1.25])
    }

    @Test func rates() throws {
        let found = try pieces(
            "a <prosody rate='slow'>b <prosody rate='+20%'>c</prosody> d</prosody> e <prosody rate='200%'>f</prosody>")
        #expect(found.map(\.text) == ["a", "b", "c", "d", "e", "f"])
        #expect(found.map { ($0.rate * 100).rounded() } == [100, 75, 90, 75, 100, 200])
        #expect(try pieces("<prosody rate='0%'>x</prosody>").map(\.rate) == [0.25])
        #expect(try pieces("a<prosody pitch='high'>b</prosody>c").map(\.text) == ["abc"])
    }

    @Test(arguments: [
        ("<speak>a<b</speak>", 1, 11, "expected white space"), ("<speak>\n<p>x</speak>", 2, 5, "</p> belongs"),
        ("<speak>a & b</speak>", 1, 10, "&amp;"),
        ("<speak>&nbsp;</speak>", 1, 8, "not declared"), ("<speak>&#0;</speak>", 1, 8, "no character"), ("", 1, 1, "no element"),
        ("hello", 1, 1, "outside"), ("<p>x</p>", 1, 1, "<speak>"), ("<speak>x", 1, 9, "not closed"),
        ("<speak/><speak/>", 1, 9, "one root"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><speak>&a;</speak>", 1, 1, "not allowed"),
        ("<speak><blink>x</blink></speak>", 1, 8, "no element of SSML"),
        ("<speak><break time='soon'/></speak>", 1, 8, "no time"), ("<speak><break time='1h'/></speak>", 1, 8, "no time"),
        ("<speak><break time='99s'/></speak>", 1, 8, "at most"), ("<speak><break strength='huge'/></speak>", 1, 8, "no strength"),
        ("<speak><prosody rate='quick'>x</prosody></speak>", 1, 8, "no rate"),
        ("<speak><say-as>x</say-as></speak>", 1, 8, "interpret-as"),
        ("<speak><sub>x</sub></speak>", 1, 8, "alias"), ("<speak><sub alias='y'><p/></sub></speak>", 1, 23, "only text"),
        ("<speak><s><p>x</p></s></speak>", 1, 11, "inside <s>"), ("<speak><speak/></speak>", 1, 8, "<speak>"),
        ("<speak version='2.0'/>", 1, 1, "version"), ("<speak a='1' a='2'/>", 1, 14, "twice"), ("<speak a=1/>", 1, 10, "quotes"),
        ("<speak a='<'/>", 1, 11, "&lt;"), ("<speak><!-- a -- b --></speak>", 1, 8, "comment"),
        ("<speak>]]></speak>", 1, 8, "]]&gt;"),
        ("<speak>\u{1}</speak>", 1, 8, "U+1"), ("<speak><![CDATA[x</speak>", 1, 8, "CDATA"), ("</speak>", 1, 1, "closes nothing"),
        ("<speak>\r\n\r\n  <x/></speak>", 3, 3, "no element of SSML"), ("<speak><", 1, 9, "name"), ("<speak a", 1, 9, "expected ="),
    ])
    func faults(text: String, line: Int, column: Int, problem: String) throws {
        let error = try #require(throws: SSMLError.self) { try SSMLScript(normalizer: SpeechNormalizer()).pieces(text) }
        #expect(error.line == line && error.column == column && error.problem.contains(problem), "\(error)")
        #expect(error.message.hasPrefix("line \(line), column \(column): "))
    }

    @Test func limits() throws {
        let deep = String(repeating: "<p:a>", count: 40) + String(repeating: "</p:a>", count: 40)
        #expect(throws: SSMLError.self) { try pieces(deep) }
        #expect(throws: SSMLError.self) { try pieces(String(repeating: "<", count: 100_000)) }
        let small = SSMLScript(normalizer: SpeechNormalizer(), limits: XMLLimits(size: 100))
        #expect(throws: SSMLError.self) { try small.pieces("<speak>" + String(repeating: "x", count: 100) + "</speak>") }
        #expect(throws: SSMLError.self) { try pieces("<p " + (0..<40).map { "a\($0)='1' " }.joined() + "/>") }
    }

    @Test func breaksAreBoundedTogether() throws {
        let breaks = String(repeating: "<break time='60s'/>", count: 60)
        #expect(try pieces("x" + breaks).map(\.pause).reduce(0, +) == 3600)
        let error = try #require(throws: SSMLError.self) { try pieces("x" + breaks + "<break time='1ms'/>") }
        #expect(error.problem.contains("together"))
    }

    @Test func longTextIsCutAtSentences() throws {
        let found = try pieces("<p>" + String(repeating: "This is one sentence. ", count: 2000) + "</p>")
        #expect(found.count == 2000 && found.allSatisfy { $0.text == "This is one sentence." })
        #expect(found.dropLast().allSatisfy { $0.pause == 0.35 })
    }

    @Test func markupIsRecognised() {
        #expect(SSMLScript.isMarkup(" \n<speak>x</speak>") && SSMLScript.isMarkup("<?xml version='1.0'?><speak/>"))
        #expect(!SSMLScript.isMarkup("I <speak> up") && !SSMLScript.isMarkup(""))
    }
}
