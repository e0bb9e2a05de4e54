import AudioAPI
import AudioText
import TestSupport
import Testing

@Suite(.computing) struct SpeakerTurnsTests {
    private let turns = SpeakerTurns([
        SpeakerTurn(start: 5, end: 9, speaker: "B"), SpeakerTurn(start: 0, end: 4, speaker: "A"),
        SpeakerTurn(start: 3.5, end: 4.5, speaker: "C"),
        SpeakerTurn(start: 20, end: 60, speaker: "A"), SpeakerTurn(start: 30, end: 31, speaker: "B"),
    ])

    @Test(
        arguments: [
            (1.0, 2.0, "A"), (3.8, 4.4, "C"), (3.0, 4.0, "A"), (4.5, 5.5, "B"), (9.3, 9.4, "B"), (12, 13, nil), (19.8, 19.9, "A"),
            (40, 41, "A"),
            (30.2, 30.4, "A"), (99, 100, nil), (-5, -4, nil),
        ] as [(Double, Double, String?)])
    func mostOfTheTime(start: Double, end: Double, speaker: String?) {
        #expect(turns.speaker(from: start, to: end) == speaker)
    }

    @Test func segmentsAreSplit() {
        let words = [
            ("Are", 3.0, 3.2), ("you", 3.2, 3.4), ("in?", 3.4, 3.5), ("Yes", 5.1, 5.4), ("I", 5.4, 5.5), ("am.", 5.5, 5.9),
        ]
        .map { TranscriptWord(text: $0.0, start: $0.1, end: $0.2) }
        let segment = TranscriptSegment(id: 0, start: 2.9, end: 6, text: "Are you in? Yes I am.", tokenCount: 9, words: words)
        let labelled = turns.labelled(
            Transcript(duration: 10, segments: [segment, TranscriptSegment(id: 1, start: 6, end: 8, text: "So.")]))
        #expect(labelled.segments.map(\.text) == ["Are you in?", "Yes I am.", "So."])
        #expect(labelled.segments.map(\.speaker) == ["A", "B", "B"])
        #expect(labelled.segments.map(\.start) == [2.9, 5.1, 6] && labelled.segments.map(\.end) == [3.5, 6, 8])
        #expect(labelled.segments.map(\.id) == [0, 1, 2] && labelled.segments.map(\.tokenCount) == [4, 5, 0])
    }

    @Test func unspokenWordsFollowTheirNeighbour() {
        let words = [TranscriptWord(text: "well", start: 12, end: 12.2), TranscriptWord(text: "ok", start: 20.5, end: 21)]
        let labelled = turns.labelled(
            Transcript(duration: 30, segments: [TranscriptSegment(id: 0, start: 12, end: 21, text: "well ok", words: words)]))
        #expect(labelled.segments.count == 1 && labelled.words.map(\.speaker) == ["A", "A"])
        let nobody = SpeakerTurns([]).labelled(labelled)
        #expect(nobody.segments.map(\.speaker) == [nil])
    }
}
