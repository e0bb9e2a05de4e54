/// A stretch of speech to be made at once.
package struct SpeechPiece: Sendable, Hashable {
    /// What to say, in words; empty for a pause alone.
    package var text: String
    /// Seconds of silence after it.
    package var pause: Double
    /// Speed as a multiple of the voice's own, 0.25 to 4.
    package var rate: Double

    /// - Parameters: as the properties.
    package init(text: String, pause: Double = 0, rate: Double = 1) {
        (self.text, self.pause, self.rate) = (text, pause, rate)
    }
}
