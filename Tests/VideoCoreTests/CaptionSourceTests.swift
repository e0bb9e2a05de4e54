import AudioAPI
import Primitives
import Testing
import VideoCore

/// What is read out of files of captions.
@Suite(.timeLimit(.minutes(1))) struct CaptionSourceTests {
    /// Times of words that run on after a caption's end: all of its words are shown all the same.
    @Test(arguments: [
        "[Script Info]\n[V4+ Styles]\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
            + "Dialogue: 0,0:00:00.00,0:00:02.00,Default,{\\k150}one {\\k100}two {\\k100}three {\\k100}four\n",
        "WEBVTT\n\n00:00.000 --> 00:02.000\none <00:01.000>two <00:02.500>three <00:03.500>four\n",
    ]) func wordsThatComeTooLateAreShown(_ text: String) throws {
        let shown = try CaptionSource(Bytes(text.utf8)).captions(CaptionLayout(), breaksAnew: true)
        let words = shown.flatMap(\.lines).joined(separator: " ").split(separator: " ")
        #expect(words == ["one", "two", "three", "four"])
        #expect(shown.allSatisfy { $0.start < $0.end && $0.end <= 2 })
    }

    /// Lines that are too long are shared out anew, within the caption's own time.
    @Test func longLinesDoNotOutstayTheirCaption() throws {
        let text = """
            1
            00:00:00,000 --> 00:00:01,500
            How it begins: a rather long line that must be broken well, so that it reads at a glance.

            2
            00:00:01,500 --> 00:00:03,000
            And how it goes on.
            """
        let captions = try CaptionSource(Bytes(text.utf8)).captions(CaptionLayout())
        #expect(captions.count > 1 && captions[0].lines.count > 1)
        for (caption, next) in zip(captions, captions.dropFirst()) {
            #expect(caption.start < caption.end && caption.end <= next.start, "\(caption) \(next)")
        }
    }

    @Test(arguments: ["utf-16le", "latin-1", "utf-8-bom", "utf-16be-bom"]) func encodingsAreFoundOut(_ encoding: String) throws {
        let text = "1\n00:00:00,500 --> 00:00:01,000\nÇa été déjà vu – naïve façade\n"
        let latin = text.replacing("–", with: "-")
        let bytes: Bytes
        switch encoding {
        case "utf-16le": bytes = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        case "utf-16be-bom": bytes = [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        case "latin-1": bytes = latin.unicodeScalars.map { UInt8($0.value) }
        default: bytes = [0xEF, 0xBB, 0xBF] + text.utf8
        }
        let line = try CaptionSource(bytes).captions[0].lines[0]
        #expect(line == (encoding == "latin-1" ? "Ça été déjà vu - naïve façade" : "Ça été déjà vu – naïve façade"))
    }

    @Test func brokenTextIsRefused() throws {
        let good = Bytes("1\n00:00:00,500 --> 00:00:01,000\nÇa été déjà\n".utf8)
        #expect(throws: CaptionFileError.brokenUTF8(line: 3)) { try CaptionSource(good.dropLast(2) + [10]) }
        #expect(throws: CaptionFileError.brokenUTF8(line: 3)) { try CaptionSource(good.dropLast(2) + [10], encoding: .utf8) }
        #expect(throws: CaptionFileError.unknownEncoding) { try CaptionSource(good + [0x81, 0x90, 0x8D, 0x8F, 0x9D]) }
        #expect(throws: CaptionFileError.unknownEncoding) { try CaptionSource(good + [0]) }
        #expect(throws: CaptionFileError.empty) { try CaptionSource(Bytes(" \n".utf8)) }
        #expect(throws: CaptionFileError.empty) { try CaptionSource(Bytes("WEBVTT\n".utf8)) }
        #expect(throws: CaptionFileError.notCaptions) { try CaptionSource(Bytes("Dear Sir or Madam".utf8)) }
        #expect(throws: CaptionFileError.notCaptions) { try CaptionSource(Bytes("{no json".utf8)) }
    }

    private static func script(_ text: String) -> Bytes {
        Bytes(
            ("[Script Info]\n[V4+ Styles]\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
                + "Dialogue: 0,0:00:00.50,0:00:01.00,Default,\(text)\n").utf8)
    }

    @Test func scriptsAreReadWithoutMarkup() throws {
        let read = try CaptionSource(Self.script("{\\k50}a {\\k20}b{\\p1}m 0 0{\\p0}\\Nc {\\k10}d {e")).captions[0]
        #expect(read.lines == ["a b", "c d {e"] && read.wordTimes.map(\.start) == [0.5, 1.0, 1.2])
        #expect(read.wordTimes.map(\.offset) == [0, 2, 2] && read.wordTimes.map(\.line) == [0, 0, 1])
    }

    /// Each is read in well under a second, or else in minutes: what reads a line as often as it has marks has no end.
    @Test(arguments: ["{", "a{", "{\\k1}a", "{\\fn}a\\N", "{}"]) func longLinesAreReadOnce(_ piece: String) throws {
        let read = try CaptionSource(Self.script("-" + String(repeating: piece, count: 200_000)))
        #expect(read.captions.count == 1 && read.captions[0].start == 0.5)
    }

    /// Names that are long do not count for every line.
    @Test func longNamesAreReadOnce() throws {
        let count = 20_000
        let event = "Dialogue: 0,0:00:00.50,0:00:01.00,Default,a\n"
        let fields = "Format: Layer, Start, End, Style, Text" + String(repeating: ",x", count: count) + "\n"
        let wide = try CaptionSource(Bytes(("[Events]\n" + fields + String(repeating: event, count: count)).utf8))
        #expect(wide.captions.count == count)
        let named = "[Events]\nFormat: Layer, Start, End, Style, Text\n\(event)[\(String(repeating: "x", count: 1_000_000))]\n"
        let long = try CaptionSource(Bytes((named + String(repeating: ";\n", count: 10 * count)).utf8))
        #expect(long.captions.count == 1)
    }
}
