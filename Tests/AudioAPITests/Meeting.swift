import AudioAPI

/// A short talk with the times of its words.
enum Meeting {
    static let transcript = Transcript(
        language: "en", languageProbability: 0.98, duration: 12.3,
        segments: [
            segment(0, "Good morning, everybody, and welcome to the weekly meeting.", 0.5, 4, speaker: "S0"),
            segment(1, "Thanks.", 4.2, 4.6, speaker: "S1"),
            segment(2, "We have three topics on the agenda today, because nobody wanted four of them.", 5, 11, speaker: "S0"),
        ])

    /// A segment whose words share its time out evenly.
    static func segment(_ id: Int, _ text: String, _ start: Double, _ end: Double, speaker: String? = nil) -> TranscriptSegment {
        let words = text.split(separator: " ").map(String.init)
        let step = (end - start) / Double(words.count)
        return TranscriptSegment(
            id: id, start: start, end: end, text: text, speaker: speaker, tokenCount: words.count + 2, tokens: [50364, 440],
            averageLogProbability: -0.25, noSpeechProbability: 0.01, compressionRatio: 1.2, temperature: 0,
            words: words.enumerated().map { index, word in
                TranscriptWord(
                    text: word, hasLeadingSpace: true, start: start + step * Double(index), end: start + step * Double(index + 1),
                    probability: 0.9, speaker: speaker)
            })
    }
}
