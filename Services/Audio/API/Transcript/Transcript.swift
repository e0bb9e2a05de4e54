/// What was said in a recording, when and by whom.
package struct Transcript: Sendable, Hashable {
    /// What the text is of the speech.
    package enum Task: String, Sendable, Hashable, CaseIterable {
        /// The words as spoken.
        case transcribe
        /// The words in English.
        case translate
    }

    /// The spoken language as Whisper's code, mostly ISO 639-1: `en`; `nil` when unknown.
    package var language: String?
    /// The language of the text: English when it was translated.
    package var textLanguage: String? { task == .translate ? "en" : language }
    /// How sure the detection of the language is, from 0 to 1; `nil` when it was given.
    package var languageProbability: Double?
    /// Length of the recording in seconds: where its sound ends.
    package var duration: Double
    /// What the text is of the speech.
    package var task: Task
    /// In the order of their starts.
    package var segments: [TranscriptSegment]

    /// - Parameters: as the properties.
    package init(
        language: String? = nil, languageProbability: Double? = nil, duration: Double, task: Task = .transcribe,
        segments: [TranscriptSegment] = []
    ) {
        (self.language, self.languageProbability, self.duration) = (language, languageProbability, duration)
        (self.task, self.segments) = (task, segments)
    }

    /// The whole text in one line.
    package var text: String {
        var text = ""
        for segment in segments where !segment.text.isEmpty {
            if !text.isEmpty && segment.hasLeadingSpace { text += " " }
            text += segment.text
        }
        return text
    }

    /// Every word that has times, in order.
    package var words: [TranscriptWord] { segments.flatMap(\.words) }

    /// The labels of the speakers in the order in which they first speak.
    package var speakers: [String] {
        var seen = Set<String>()
        return segments.compactMap(\.speaker).filter { seen.insert($0).inserted }
    }

    /// The same transcript, later or earlier.
    /// - Parameter offset: seconds to add to every time; nothing gets before 0.
    package func shifted(by offset: Double) -> Transcript {
        guard offset != 0 else { return self }
        var copy = self
        copy.duration = max(0, duration + offset)
        copy.segments = segments.map { $0.shifted(by: offset) }
        return copy
    }
}
