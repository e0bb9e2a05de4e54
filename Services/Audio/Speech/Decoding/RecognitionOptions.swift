/// How speech is recognised. The defaults are those of openai/whisper's `transcribe.py`.
package struct RecognitionOptions: Sendable, Equatable {
    package enum Task: String, Sendable {
        /// Text in the language spoken.
        case transcribe
        /// Text in English.
        case translate
    }

    /// The language spoken, as Whisper's code, for example `en`; nil to detect it.
    package var language: String?
    package var task = Task.transcribe
    /// Text that might have come before everything, with names and terms spelt as wanted; its end is used when it is long.
    package var prompt = ""
    /// The tokens of what was said before, times included: the model goes on in the same manner. Its end is used when it is long.
    package var context: [Int] = []
    /// Whether words get times and probabilities.
    package var wordTimes = true
    /// Tried in turn until a result is good enough; 0 takes the likeliest tokens, higher ones draw more freely.
    package var temperatures: [Float] = [0, 0.2, 0.4, 0.6, 0.8, 1]
    /// Transcripts followed side by side at temperature 0; 1 takes the likeliest token at once.
    package var beams = 5
    /// A text that compresses better than this repeats itself and is tried again.
    package var mostCompression = 2.4
    /// A mean log probability of the tokens under this is tried again.
    package var leastLogProbability = -1.0
    /// There is no text when no speech is more probable than this and the tokens less than `leastSpeechLogProbability`.
    package var noSpeech = 0.6
    /// openai/whisper takes -1 here; beams find likelier texts even in silence, which then had -0.6 and less ("Thank you."),
    /// while no spoken prompt of 150 had a probability of no speech over 0.3.
    package var leastSpeechLogProbability = -0.5

    package init() {}
}
