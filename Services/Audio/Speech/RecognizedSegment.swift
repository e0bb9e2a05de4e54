/// A word and when it was said.
package struct RecognizedWord: Sendable, Equatable {
    /// The word with the punctuation that belongs to it, and the space before it where the language has one.
    package var text: String
    /// Seconds from the beginning of the recording.
    package var start: Double
    package var end: Double
    /// The mean probability of its tokens, 0 to 1.
    package var probability: Double
}

/// A stretch of speech, about a sentence.
package struct RecognizedSegment: Sendable, Equatable {
    /// Seconds from the beginning of the recording.
    package var start: Double
    package var end: Double
    package var text: String
    /// As the model gave them, with the times that open and close the text.
    package var tokens: [Int]
    /// Empty when word times were not asked for.
    package var words: [RecognizedWord]
    /// Whisper's code of the language spoken.
    package var language: String
    /// The mean logarithm of the tokens' probabilities in the window that the segment is of.
    package var averageLogProbability: Double
    /// The probability that this window holds no speech.
    package var noSpeechProbability: Double
    /// How many times smaller the window's text becomes when compressed.
    package var compressionRatio: Double
    /// The temperature at which the text was found.
    package var temperature: Double
}
