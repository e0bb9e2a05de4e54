/// A stretch of time in which one person speaks.
package struct SpeakerTurn: Sendable, Hashable {
    /// Seconds from the beginning of the audio.
    package var start: Double
    /// Seconds from the beginning of the audio; not before `start`.
    package var end: Double
    /// The speaker's label.
    package var speaker: String

    /// - Parameters: as the properties.
    package init(start: Double, end: Double, speaker: String) {
        (self.start, self.end, self.speaker) = (start, max(start, end), speaker)
    }
}
