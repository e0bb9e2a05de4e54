import AudioAPI
import Primitives
import Testing

@Suite struct CaptionFormatTests {
    private func srt(_ text: String) throws -> [Caption] { try SubRip.captions(from: Bytes(text.utf8)) }
    private func vtt(_ text: String) throws -> [Caption] { try WebVTT.captions(from: Bytes(text.utf8)) }

    private static let odd = [
        Caption(start: 0, end: 1.5, lines: ["a < b & c > d", "x --> y"]),
        Caption(start: 3661.001, end: 3662, lines: ["<i>tag</i> {\\an8}", "¿Qué? 🎉"]),
        Caption(start: 360_000, end: 360_001, lines: ["שלום עולם"]),
    ]

    @Test func subRipIsWritten() {
        #expect(
            SubRip.text(Self.odd) == """
                1
                00:00:00,000 --> 00:00:01,500
                a < b & c > d
                x -> y

                2
                01:01:01,001 --> 01:01:02,000
                <\u{2060}i>tag<\u{2060}/i> {\u{2060}\\an8}
                ¿Qué? 🎉

                3
                100:00:00,000 --> 100:00:01,000
                \u{202B}שלום עולם\u{202C}


                """)
    }

    @Test(arguments: [("Ann: שלום עולם", true), ("Hello שלום there", false), ("5 + 5", false), ("مرحبا OK", true)])
    func rightToLeftLinesAreEmbedded(line: String, isEmbedded: Bool) {
        #expect(SubRip.text([Caption(start: 0, end: 1, lines: [line])]).contains("\u{202B}\(line)\u{202C}") == isEmbedded)
    }

    @Test func bothReadWhatTheyWrite() throws {
        #expect(try WebVTT.captions(from: Bytes(WebVTT.text(Self.odd).utf8)) == Self.odd)
        var read = Self.odd
        read[0].lines[1] = "x -> y"
        #expect(try srt(SubRip.text(Self.odd)) == read)
    }

    @Test func webVTTIsWritten() throws {
        let caption = Caption(
            start: 1, end: 3, lines: ["Tom & <Jerry>", "run"], speaker: "Ann > Bob",
            wordTimes: [
                .init(line: 0, offset: 0, start: 1), .init(line: 0, offset: 4, start: 1.5), .init(line: 1, offset: 0, start: 2.25),
            ])
        #expect(
            WebVTT.text([caption], wordTimes: true) == """
                WEBVTT

                00:00:01.000 --> 00:00:03.000
                <v Ann &gt; Bob>Tom <00:00:01.500>&amp; &lt;Jerry&gt;
                <00:00:02.250>run


                """)
        #expect(try vtt(WebVTT.text([caption], wordTimes: true)).first?.speaker == "Ann > Bob")
    }

    @Test func subRipOfTheWild() throws {
        let text =
            "\u{FEFF}1\r\n00:00:01,000 --> 00:00:02,000 X1:1 X2:2\r\n<font color=\"red\">Red</font> <b>bold</b>\r\n"
            + "{\\an8}Top\r\n\r\n"
            + "00:00:03.5 --> 0:00:04,25\r\nno counter\r\n\r\nafter a blank line\r\n\r\n\r\n"
            + "3\r\n00:00:05,000 --> 00:00:06,000\r\n\r\n4\r\n"
            + "00:00:07,000 --> 00:00:08,000\r\n1984\r\n3 < 4"
        let captions = try srt(text)
        #expect(captions.map(\.lines) == [["Red bold", "Top"], ["no counter", "after a blank line"], [], ["1984", "3 < 4"]])
        #expect(captions.map(\.start) == [1, 3.5, 5, 7] && captions.map(\.end) == [2, 4.25, 6, 8])
    }

    @Test func webVTTOfTheWild() throws {
        let text = """
            WEBVTT - a title
            Kind: captions

            STYLE
            ::cue { color: red }

            NOTE a remark
            of two lines

            intro
            00:01.000 --> 00:02.000 align:start position:10%
            <v.loud Mary &amp; Ann>Hi <i.x>there</i>&nbsp;you&#33;</v>

            00:00:03.000 --> 00:00:04.000
            one <00:00:03.500>two
            three &unknown; & <b
            """
        let captions = try vtt(text)
        #expect(captions.map(\.lines) == [["Hi there\u{A0}you!"], ["one two", "three &unknown; & "]])
        #expect(captions[0].speaker == "Mary & Ann" && captions[0].start == 1)
        #expect(captions[1].wordTimes == [.init(line: 0, offset: 4, start: 3.5)])
    }

    @Test(arguments: [
        ("hello", "line 1: expected a time line"), ("1\n\n", "line 1: the caption has no time line"),
        ("1\n00:00:01,000 -> 00:00:02,000\nx", "line 2: expected a time line"),
        ("\n\n1\n00:00:02,000 --> 00:00:01,000\nx", "line 4: the caption ends before"),
        ("1\n00:61:01,000 --> 00:62:02,000\nx", "line 2: expected a time line"), ("1\n0:0:1 --> 0:0:2\nx", "line 2: expected"),
        ("1\n00:00:01,000 --> 00:00:02,000\nok\n\n2\n99999999:00:00,000 --> x\n", "line 6: expected"),
    ])
    func subRipFaults(text: String, message: String) throws {
        let error = try #require(throws: CaptionError.self) { try srt(text) }
        #expect(error.message.hasPrefix(message), "\(error.message)")
    }

    @Test(arguments: [
        ("", "line 1: a WebVTT file begins"), ("WEBVTTX\n", "line 1: a WebVTT"),
        ("WEBVTT\n\nid\ntext", "line 3: the caption has no time line"),
        ("WEBVTT\n\n00:01 --> 00:02\nx", "line 3: expected"),
        ("WEBVTT\n\na\n00:02.000 --> 00:01.000\nx", "line 4: the caption ends before"),
    ])
    func webVTTFaults(text: String, message: String) throws {
        let error = try #require(throws: CaptionError.self) { try vtt(text) }
        #expect(error.message.hasPrefix(message), "\(error.message)")
    }

    @Test func bytesThatAreNoText() {
        #expect(throws: CaptionError.notUTF8) { try SubRip.captions(from: [0xFF, 0xFE, 0x31, 0x00]) }
        #expect(throws: CaptionError.notUTF8) { try WebVTT.captions(from: [0x57, 0xC0]) }
    }

    @Test(arguments: ["<", "&", "<v ", "{\\", "<<v <v", "-->"])
    func hugeLinesAreRead(unit: String) throws {
        let line = String(repeating: unit, count: 20_000)
        _ = try? srt("1\n00:00:01,000 --> 00:00:02,000\n\(line)\n")
        _ = try? vtt("WEBVTT\n\n00:01.000 --> 00:02.000\n\(line)\n")
    }

    @Test func captionsBecomeATranscript() throws {
        let captions = try srt("2\n00:00:03,000 --> 00:00:04,000\nworld\n\n1\n00:00:01,000 --> 00:00:02,000\nhello\nthere\n")
        let transcript = Transcript(captions: captions, language: "en")
        #expect(transcript.text == "hello there world" && transcript.duration == 4 && transcript.segments.map(\.id) == [0, 1])
    }
}
