/// The tokens that the decoder gave for one window, with times among them.
struct Transcript {
    /// Without the start sequence and the end token.
    var tokens: [Int] = []
    /// The logarithm of every token's probability.
    var logProbabilities: [Float] = []
    /// Of the end token; 0 when the transcript broke off.
    var endLogProbability: Float = 0
    /// The probability that the window holds no speech.
    var noSpeech: Double = 0
    var temperature: Float = 0
    /// For every token and then for the end, where the alignment heads looked; empty when the model does not tell.
    var attention = AttentionRows()

    /// The mean over the tokens and the end (openai/whisper `decoding.py`).
    var averageLogProbability: Double {
        Double(logProbabilities.reduce(endLogProbability, +)) / Double(logProbabilities.count + 1)
    }
}
