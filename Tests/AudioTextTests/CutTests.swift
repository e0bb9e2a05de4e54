import AudioAPI
import AudioText
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct CutTests {
    /// Words with their times: `text start end`.
    private func transcript(_ words: [(String, Double, Double)], duration: Double, language: String = "en") -> Transcript {
        let words = words.map { TranscriptWord(text: $0.0, start: $0.1, end: $0.2) }
        return Transcript(
            language: language, duration: duration,
            segments: words.isEmpty
                ? []
                : [
                    TranscriptSegment(
                        id: 0, start: words[0].start, end: words[words.count - 1].end, text: words.joinedText, words: words)
                ])
    }

    private func rounded(_ ranges: [TimeRange]) -> [[Double]] {
        ranges.map { [$0.start.rounded(decimals: 3), $0.end.rounded(decimals: 3)] }
    }

    @Test func fillersAndSilencesGo() {
        let talk = transcript(
            [("So,", 0.2, 0.5), ("um,", 0.6, 1.0), ("we", 1.2, 1.4), ("start", 1.4, 1.8), ("now.", 4.8, 5.2)], duration: 5.5)
        let list = CutPlanner(longestSilence: 1, padding: 0.1, crossfade: 0.02).editList(for: talk)
        #expect(rounded(list.kept) == [[0, 0.6], [1.1, 1.9], [4.7, 5.5]])
        #expect(abs(list.editedDuration - (0.6 + 0.8 + 0.8 - 0.04)) < 1e-9)
        let edited = list.edited(talk)
        #expect(edited.text == "So, we start now.")
        #expect(abs(edited.words[1].start - (0.6 - 0.02 + 0.1)) < 1e-9)
        #expect(abs(edited.duration - list.editedDuration) < 1e-9)
    }

    @Test func touchingFillersAreCutWithoutPadding() {
        let list = CutPlanner(padding: 0.1).editList(
            for: transcript([("I", 0, 0.3), ("uhhh", 0.3, 0.9), ("see", 0.9, 1.2)], duration: 1.2))
        #expect(rounded(list.cuts) == [[0.3, 0.9]])
    }

    @Test(arguments: [
        ("Um,", "en"), ("ummmm...", "en"), ("Uh-huh", ""), ("Ähm", "de"), ("hmmm", "en"), ("umbrella", ""), ("er", "en"),
        ("her", ""),
    ])
    func fillerWords(word: String, language: String) {
        let talk = transcript(
            [("a", 0, 0.5), (word, 0.6, 1), ("b", 1.1, 1.5)], duration: 1.5, language: language.isEmpty ? "en" : language)
        #expect(CutPlanner().editList(for: talk).cuts.isEmpty == language.isEmpty)
    }

    @Test func silencesStayWhenTheyMay() {
        let talk = transcript([("well", 0, 0.5), ("um", 3, 3.4), ("yes", 6, 6.5)], duration: 20)
        #expect(rounded(CutPlanner(longestSilence: nil).editList(for: talk).cuts) == [[3, 3.4]])
        #expect(rounded(CutPlanner(longestSilence: 9, padding: 0.5).editList(for: talk).cuts) == [[1, 5.5], [7, 19.5]])
        #expect(CutPlanner(cutsFillers: false, longestSilence: nil).editList(for: talk).cuts.isEmpty)
    }

    @Test func phrasesGoWhenAskedFor() {
        let talk = transcript([("It's,", 0, 0.5), ("you", 0.6, 0.8), ("know,", 0.8, 1.1), ("fine", 1.2, 1.5)], duration: 1.5)
        #expect(CutPlanner().editList(for: talk).cuts.isEmpty)
        #expect(CutPlanner(extraFillers: ["You know"]).editList(for: talk).edited(talk).text == "It's, fine")
    }

    @Test func overlappingSpeakersAreNotCut() {
        let talk = transcript([("one", 0, 2), ("um", 0.5, 1), ("two", 2, 2.5)], duration: 2.5)
        #expect(CutPlanner().editList(for: talk).cuts.isEmpty)
    }

    @Test func musicIsLeftWhole() {
        let list = CutPlanner().editList(for: transcript([], duration: 60))
        #expect(list.kept == [TimeRange(start: 0, end: 60)] && list.editedDuration == 60)
    }

    @Test func edgesAreTrimmed() {
        let list = CutPlanner(longestSilence: 1, padding: 0.2).editList(for: transcript([("hi", 5, 5.5)], duration: 20))
        #expect(rounded(list.kept) == [[0, 0.2], [4.8, 5.7], [19.8, 20]])
    }

    @Test(
        arguments: [
            ([], [[0.0, 10.0]]), ([[2, 3]], [[0, 2], [3, 10]]), ([[3, 4], [2, 3.5]], [[0, 2], [4, 10]]),
            ([[2, 3], [3.03, 4]], [[0, 2], [4, 10]]),
            ([[-1, 1], [9, 99]], [[1, 9]]), ([[0, 10]], [[0, 10]]), ([[5, 5]], [[0, 10]]), ([[0, 9.99]], [[0, 10]]),
        ] as [([[Double]], [[Double]])])
    func lists(cuts: [[Double]], kept: [[Double]]) {
        let list = EditList(duration: 10, cuts: cuts.map { TimeRange(start: $0[0], end: $0[1]) })
        #expect(list.kept.map { [$0.start, $0.end] } == kept)
    }

    @Test func timesMap() {
        let list = EditList(duration: 10, cuts: [TimeRange(start: 2, end: 3), TimeRange(start: 5, end: 8)], crossfade: 0)
        let pairs = [(0.0, 0.0), (1, 1), (2, 2), (2.5, 2), (3, 2), (4, 3), (6, 4), (8, 4), (10, 6), (11, 6)]
        for (time, edited) in pairs { #expect(list.editedTime(time) == edited, "\(time)") }
        #expect(list.document["edited_duration_seconds"]?.doubleValue == 6)
        #expect(EditList(duration: 0, cuts: []).kept.isEmpty)
    }
}
