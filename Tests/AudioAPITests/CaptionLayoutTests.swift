import AudioAPI
import Testing

@Suite struct CaptionLayoutTests {
    private func lines(_ text: String, _ layout: CaptionLayout = CaptionLayout(), seconds: Double? = nil, language: String = "en")
        -> [[String]]
    {
        let duration = seconds ?? Double(text.displayWidth) / 15
        let transcript = Transcript(language: language, duration: duration, segments: [Meeting.segment(0, text, 0, duration)])
        return layout.captions(for: transcript).map(\.lines)
    }

    @Test(arguments: [
        ("Short one.", ["Short one."]),
        (
            "The committee decided to postpone the vote until next week.",
            ["The committee decided to postpone", "the vote until next week."]
        ), ("I like the dog, but the cat likes neither of us.", ["I like the dog,", "but the cat likes neither of us."]),
        ("We finally met my old friend John Smith there.", ["We finally met my old friend", "John Smith there."]),
        ("Supercalifragilisticexpialidocious-and-more-than-that", ["Supercalifragilisticexpialidocious-and-more-than-that"]),
    ])
    func linesBreakWell(text: String, expected: [String]) {
        #expect(lines(text) == [expected])
    }

    @Test func sentencesStartCaptions() {
        let found = lines("I went to the shop to buy some milk. They had none, so I came back home again. It was raining.")
        #expect(found.map { $0.joined(separator: " ") }.first == "I went to the shop to buy some milk.", "\(found)")
    }

    private static let speech =
        "When I was a young man, I used to live in a small house by the sea, and every morning I walked along the shore with my "
        + "dog Rex. He was not a clever dog, but he was a good one; people liked him because he never "
        + "barked. Internationalisation notwithstanding, "
        + "the house of John Smith and Mary Ann Jones stood between the lighthouse and the harbour of a town that nobody "
        + "visited in winter."

    @Test(arguments: [(42, 2), (37, 2), (32, 1), (20, 3), (10, 1)])
    func limitsHold(width: Int, count: Int) {
        let layout = CaptionLayout(maximumLineWidth: width, maximumLines: count)
        let transcript = Transcript(language: "en", duration: 30, segments: [Meeting.segment(0, Self.speech, 0, 30)])
        let captions = layout.captions(for: transcript)
        for caption in captions {
            #expect(caption.lines.count <= count)
            #expect(caption.lines.allSatisfy { $0.displayWidth <= width || !$0.contains(" ") })
            #expect(caption.lines.allSatisfy { !$0.isEmpty && $0 == $0.trimmed })
        }
        #expect(captions.flatMap(\.lines).joined(separator: " ") == Self.speech)
        for (a, b) in zip(captions, captions.dropFirst()) { #expect(a.end <= b.start && a.start < a.end) }
    }

    @Test func captionsStayLongEnough() {
        let words = [TranscriptWord(text: "Yes.", start: 1, end: 1.1), TranscriptWord(text: "No.", start: 10, end: 10.2)]
        let transcript = Transcript(
            duration: 20, segments: [TranscriptSegment(id: 0, start: 1, end: 10.2, text: "Yes. No.", words: words)])
        let captions = CaptionLayout(minimumDuration: 1).captions(for: transcript)
        #expect(
            captions.map(\.lines) == [["Yes."], ["No."]] && captions.map(\.start) == [1, 10] && captions.map(\.end) == [2, 11])
    }

    @Test func readingTimeIsGivenAndTheGapKept() {
        let transcript = Transcript(
            duration: 20,
            segments: [
                Meeting.segment(0, "This one was said very fast indeed.", 0, 0.5), Meeting.segment(1, "Then this came.", 3, 4),
            ])
        let captions = CaptionLayout(readingSpeed: 10, gap: 0.1).captions(for: transcript)
        #expect(captions.count == 2 && abs(captions[0].end - 2.9) < 1e-9)
        let free = CaptionLayout(readingSpeed: 20).captions(for: transcript)
        #expect(abs(free[0].end - 35.0 / 20) < 1e-9)
    }

    @Test func speakersAreLabelledWhenTheyChange() {
        let captions = CaptionLayout(labelsSpeakers: true).captions(for: Meeting.transcript)
        let first = captions.map { $0.lines[0] }
        #expect(first[0].hasPrefix("S0: Good morning,"))
        #expect(first.contains("S1: Thanks.") && first.filter { $0.hasPrefix("S0:") }.count == 2)
        #expect(captions.flatMap(\.lines).allSatisfy { $0.displayWidth <= 42 })
    }

    @Test func chineseAndJapanese() {
        let text = "今日はとても天気がいいので、近くの公園まで散歩に行きました。公園では子どもたちが「わあい」と元気に遊んでいました。"
        let transcript = Transcript(
            language: "ja", duration: 12, segments: [TranscriptSegment(id: 0, start: 0, end: 12, text: text)])
        let captions = CaptionLayout(maximumLineWidth: 26).captions(for: transcript)
        #expect(captions.flatMap(\.lines).joined() == text)
        for line in captions.flatMap(\.lines) {
            #expect(line.displayWidth <= 26)
            #expect(!"。、」ーっょ".contains(line.first ?? "。") && line.last != "「", "\(line)")
        }
        #expect(captions.count > 1 && captions.allSatisfy { $0.end - $0.start <= 7.01 })
    }

    @Test func rightToLeftWordsKeepTheirOrder() {
        let text = "مرحبا بكم في اجتماعنا الأسبوعي، لدينا ثلاثة مواضيع على جدول الأعمال اليوم لأن أحدا لم يرد أربعة منها."
        let transcript = Transcript(language: "ar", duration: 8, segments: [Meeting.segment(0, text, 0, 8)])
        let captions = CaptionLayout().captions(for: transcript)
        #expect(captions.flatMap(\.lines).joined(separator: " ") == text && captions.flatMap(\.lines).allSatisfy { $0.count <= 42 })
    }

    @Test func wordTimesPointAtWords() throws {
        let captions = CaptionLayout(labelsSpeakers: true).captions(for: Meeting.transcript)
        let times = Dictionary(Meeting.transcript.words.map { ($0.start, $0.text) }, uniquingKeysWith: { a, _ in a })
        for caption in captions {
            for mark in caption.wordTimes {
                let rest = caption.lines[mark.line].dropFirst(mark.offset)
                #expect(rest.hasPrefix(try #require(times[mark.start])))
            }
        }
        #expect(captions.reduce(0) { $0 + $1.wordTimes.count } == Meeting.transcript.words.count)
    }

    @Test func manySegments() {
        let segments = (0..<700).map {
            Meeting.segment($0, "We have three topics on the agenda.", Double($0) * 3, Double($0) * 3 + 2.9)
        }
        #expect(CaptionLayout().captions(for: Transcript(language: "en", duration: 2100, segments: segments)).count >= 350)
    }
}
