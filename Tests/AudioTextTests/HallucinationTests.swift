import AudioAPI
import AudioText
import TestSupport
import Testing

@Suite(.computing) struct HallucinationTests {
    private func segment(_ text: String, seconds: Double = 5, logProbability: Double? = -0.3, noSpeech: Double? = 0.05)
        -> TranscriptSegment
    {
        TranscriptSegment(
            id: 0, start: 0, end: seconds, text: text, averageLogProbability: logProbability, noSpeechProbability: noSpeech)
    }

    /// The ratios that zlib's own `zlib.compress` gives.
    @Test(arguments: [
        ("", 0.0), ("Hello, world!", 13.0 / 21), (String(repeating: "a", count: 1000), 1000.0 / 17),
        (String(repeating: "la ", count: 100), 300.0 / 15),
    ])
    func compression(text: String, ratio: Double) {
        #expect(abs(CompressionRatio.of(text) - ratio) < 1e-9)
    }

    @Test(arguments: [
        ("a b c", nil), ("no no", Repetition(length: 1, count: 2)), ("I am, I am. I AM!", Repetition(length: 2, count: 3)),
        ("x y z x y z x y", Repetition(length: 3, count: 2)), ("谢谢谢谢", Repetition(length: 1, count: 2)), ("", nil),
        ("we went to the shop and then the shop closed", nil),
    ])
    func repetitions(text: String, expected: Repetition?) {
        // 谢 is said four times.
        let expected = text == "谢谢谢谢" ? Repetition(length: 1, count: 4) : expected
        #expect(Repetition.worst(in: text) == expected)
    }

    @Test(
        arguments: [
            ("Thanks for coming, everyone, and welcome.", -0.3, 0.05, nil), ("Thank you.", -1.4, 0.9, .silence),
            ("Thank you.", -0.2, 0.9, nil),
            ("Thank you.", -1.4, 0.1, .unlikely), ("...", -0.3, 0.1, .empty), ("No, no, no, no, no.", -0.3, 0.1, nil),
            (Array(repeating: "so", count: 30).joined(separator: " "), -0.3, 0.1, .repetition),
            (Array(repeating: "I'm going to the shop.", count: 6).joined(separator: " "), -0.1, 0.0, .repetition),
            (Array(repeating: "字幕", count: 20).joined(), -0.1, 0.0, .repetition),
        ] as [(String, Double, Double, HallucinationGuard.Finding?)])
    func findings(text: String, logProbability: Double, noSpeech: Double, expected: HallucinationGuard.Finding?) {
        let found = HallucinationGuard().finding(in: segment(text, seconds: 10, logProbability: logProbability, noSpeech: noSpeech))
        #expect(found == expected)
    }

    /// An announcement that is played four times was said four times, if the model is sure of it.
    @Test func announcementsRepeatThemselves() {
        let text = ["The conference will begin when our glorious leader arrives.", "To lock or unlock the conference, press two."]
            .flatMap { Array(repeating: $0, count: 4) }.joined(separator: " ")
        #expect((2.4...4.8).contains(CompressionRatio.of(text)))
        #expect(HallucinationGuard().finding(in: segment(text, seconds: 28, logProbability: -0.2)) == nil)
        #expect(HallucinationGuard().finding(in: segment(text, seconds: 28, logProbability: -1.2)) == .repetition)
    }

    /// Segment after segment, what passes is what a cleaned transcript holds: unlikely text, but no loop of it.
    @Test func theSieveKeepsWhatTheTranscriptHolds() {
        let segments = [
            segment("Thank you.", logProbability: -1.4, noSpeech: 0.1), segment("Thank you.", logProbability: -1.4, noSpeech: 0.9),
            segment("..."), segment("We are here."), segment("We are here.", noSpeech: 0.7), segment("We are here.", noSpeech: 0.7),
        ]
        var sieve = HallucinationGuard.Sieve(HallucinationGuard())
        let passed = segments.filter { sieve.keeps($0) }.map(\.text)
        #expect(passed == ["Thank you.", "We are here.", "We are here."])
        #expect(HallucinationGuard().cleaned(Transcript(duration: 30, segments: segments)).segments.map(\.text) == passed)
    }

    @Test func tooMuchTextForTheTime() {
        let text = "There is no way that anybody could say all of this so quickly"
        #expect(HallucinationGuard().finding(in: segment(text, seconds: 0.5)) == .tooFast)
        #expect(HallucinationGuard().finding(in: segment(text, seconds: 4)) == nil)
        #expect(HallucinationGuard().finding(in: segment(text, seconds: 0)) == .tooFast)
    }

    @Test func repeatsAcrossSegmentsGo() {
        let texts = ["Hello there.", "See you.", "See you.", "See you.", "See you.", "Yes.", "Yes.", "Yes.", "And now the news."]
        var transcript = Transcript(duration: 50)
        transcript.segments = texts.enumerated().map { index, text in
            TranscriptSegment(id: index, start: Double(index), end: Double(index) + 1, text: text)
        }
        let cleaned = HallucinationGuard().cleaned(transcript)
        #expect(
            cleaned.segments.map(\.text) == ["Hello there.", "See you.", "See you.", "Yes.", "Yes.", "Yes.", "And now the news."])
        #expect(cleaned.segments.map(\.id) == Array(0..<7))
    }

    /// A menu that is read out three times; a loop on music is not believed.
    @Test(arguments: [
        (0.01, -0.15, 1.8, 4), (0.4, -0.15, 1.8, 4), (0.7, -0.15, 1.8, 2), (0.01, -0.7, 1.8, 2), (0.01, -0.15, 3.6, 4),
        (0.01, -0.15, 5, 0),
    ])
    func plainRepeatsStay(noSpeech: Double, likelihood: Double, compression: Double, kept: Int) {
        var transcript = Transcript(duration: 50)
        transcript.segments = (0..<6).map { index in
            TranscriptSegment(
                id: index, start: Double(index) * 4, end: Double(index) * 4 + 3,
                text: "The conference will begin when our glorious leader arrives.", averageLogProbability: likelihood,
                noSpeechProbability: noSpeech, compressionRatio: compression)
        }
        #expect(HallucinationGuard().cleaned(transcript).segments.count == kept)
    }
}
