/// One word of a transcript with its times.
package struct TranscriptWord: Sendable, Hashable {
    /// The word with the punctuation that clings to it, without surrounding space.
    package var text: String
    /// Whether a space stands before it; false inside scripts that write no spaces.
    package var hasLeadingSpace: Bool
    /// Seconds from the beginning of the audio.
    package var start: Double
    /// Seconds from the beginning of the audio; not before `start`.
    package var end: Double
    /// How sure the model is, from 0 to 1; `nil` when it does not tell.
    package var probability: Double?
    /// The label of who spoke it; `nil` when unknown.
    package var speaker: String?

    /// - Parameters: as the properties.
    package init(
        text: String, hasLeadingSpace: Bool = true, start: Double, end: Double, probability: Double? = nil, speaker: String? = nil
    ) {
        (self.text, self.hasLeadingSpace, self.start, self.end) = (text, hasLeadingSpace, start, end)
        (self.probability, self.speaker) = (probability, speaker)
    }
}

extension Sequence where Element == TranscriptWord {
    /// The words as running text: each with its leading space, save before the first.
    package var joinedText: String {
        var text = ""
        for word in self {
            if word.hasLeadingSpace && !text.isEmpty { text += " " }
            text += word.text
        }
        return text
    }
}
