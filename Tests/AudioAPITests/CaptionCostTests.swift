import AudioAPI
import Primitives
import Testing

/// Lines that would cost a reader the square of their length: each is read in well under a second, or else in minutes.
@Suite(.timeLimit(.minutes(1))) struct CaptionCostTests {
    private static let count = 200_000

    @Test func tagsOfOneLineAreReadOnce() throws {
        let text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + String(repeating: "<b>a", count: Self.count) + "\n"
        #expect(try WebVTT.captions(from: Bytes(text.utf8))[0].lines == [String(repeating: "a", count: Self.count)])
    }

    @Test func timesOfOneLineAreReadOnce() throws {
        let word = "<00:00:01.500>é&amp;"
        let text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + String(repeating: word, count: Self.count) + "\n"
        let times = try WebVTT.captions(from: Bytes(text.utf8))[0].wordTimes
        #expect(times.count == Self.count && times.last?.offset == 2 * (Self.count - 1) && times.last?.start == 1.5)
    }

    @Test func linesWithoutTextDoNotLookForTheTimesOfOthers() throws {
        let word = "<00:00:01.500>a"
        let text =
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + String(repeating: word, count: Self.count) + "\n"
            + String(repeating: "<b>\n", count: Self.count)
        let caption = try WebVTT.captions(from: Bytes(text.utf8))[0]
        #expect(caption.lines.count == 1 && caption.wordTimes.count == Self.count)
    }

    @Test(arguments: ["<", "{\\", "<i", "<b<"]) func marksThatAreNotClosedAreText(_ mark: String) throws {
        let line = String(repeating: mark, count: Self.count)
        let text = "1\n00:00:01,000 --> 00:00:02,000\n\(line)\n"
        #expect(try SubRip.captions(from: Bytes(text.utf8))[0].lines == [line])
    }

    /// An entity joins the letter before it, which the words behind it are not counted by.
    @Test func wordsBeginAtCharacters() throws {
        let text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\ne&#x301;t <00:00:01.500><i>e&#x301;t</i> <00:00:01.750>\n"
        let caption = try WebVTT.captions(from: Bytes(text.utf8))[0]
        #expect(caption.lines == ["e\u{301}t e\u{301}t "])
        #expect(caption.wordTimes.map(\.offset) == [3, 6] && caption.wordTimes.map(\.start) == [1.5, 1.75])
    }
}
