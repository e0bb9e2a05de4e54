/// The tokens of a Whisper model that are not text, as its metadata names them.
package struct SpecialTokens: Sendable, Equatable {
    package let startOfTranscript: Int
    package let endOfText: Int
    package let startOfPrevious: Int
    package let noSpeech: Int
    package let noTimestamps: Int
    package let translate: Int
    package let transcribe: Int
    /// Signs and notes such as "♪" and "[", which are not speech.
    package let nonSpeech: [Int]
    /// The token of every language, by its code; empty for models of English alone.
    package let languages: [String: Int]

    /// The token of 0.00 s; every following one is 20 ms later.
    package var firstTimestamp: Int { noTimestamps + 1 }
    package var isMultilingual: Bool { !languages.isEmpty }

    /// - Parameter metadata: the custom entries of the encoder's file.
    /// - Throws: `SpeechError.modelUnusable` naming the entry that is missing or no number.
    package init(metadata: [String: String]) throws(SpeechError) {
        func numbers(_ key: String) throws(SpeechError) -> [Int] {
            guard let text = metadata[key] else { throw .modelUnusable("its encoder's metadata has no \(key)") }
            return try text.split(separator: ",").map { part throws(SpeechError) in
                guard let number = Int(part) else { throw .modelUnusable("\(key) in its encoder's metadata is not of numbers") }
                return number
            }
        }
        func number(_ key: String) throws(SpeechError) -> Int {
            guard let first = try numbers(key).first else { throw .modelUnusable("\(key) in its encoder's metadata is empty") }
            return first
        }
        startOfTranscript = try number("sot")
        endOfText = try number("eot")
        startOfPrevious = try number("sot_prev")
        noSpeech = try number("no_speech")
        noTimestamps = try number("no_timestamps")
        translate = try number("translate")
        transcribe = try number("transcribe")
        nonSpeech = try numbers("non_speech_tokens")
        if try number("is_multilingual") == 1 {
            let tokens = try numbers("all_language_tokens")
            let codes = metadata["all_language_codes", default: ""].split(separator: ",").map(String.init)
            guard tokens.count == codes.count else {
                throw .modelUnusable(
                    "its encoder's metadata names \(codes.count) languages and \(tokens.count) tokens of languages")
            }
            languages = Dictionary(zip(codes, tokens), uniquingKeysWith: { first, _ in first })
        } else {
            languages = [:]
        }
    }
}
