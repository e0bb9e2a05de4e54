import Glibc
import Inference

extension Recognizer {
    /// The text of a window of speech.
    /// - Parameters:
    ///   - window: 16 kHz mono, full scale 1, at most 30 s.
    ///   - offset: where the window begins in the recording, in seconds.
    ///   - options: language, task, prompt and limits.
    /// - Returns: segments in the order of time; none where nothing is said.
    /// - Throws: `SpeechError.unknownLanguage`, `.englishOnly`, `.windowTooLong`; `ModelError.outOfMemory`, `.failed`.
    package func transcribe(
        window: [Float], offset: Double = 0, options: RecognitionOptions = RecognitionOptions()
    ) throws -> [RecognizedSegment] {
        try window.withUnsafeBufferPointer { try transcribe($0, offset: offset, options: options) }
    }

    private func transcribe(
        _ window: UnsafeBufferPointer<Float>, offset: Double, options: RecognitionOptions
    ) throws -> [RecognizedSegment] {
        let rate = Double(LogMelSpectrogram.sampleRate)
        guard Double(window.count) <= Self.longestWindow * rate else {
            throw SpeechError.windowTooLong(Double(window.count) / rate)
        }
        var options = options
        var segments: [RecognizedSegment] = []
        var begin = 0
        // Shorter rests hold no word; the model would make one up.
        while window.count - begin >= Self.shortestSpeech {
            let rest = UnsafeBufferPointer(rebasing: window[begin...])
            let audio = try listen(to: rest)
            if options.language == nil { options.language = try likeliestLanguage(in: audio) }
            let passage = try passage(
                in: audio, duration: Double(rest.count) / rate, offset: offset + Double(begin) / rate, options: options)
            segments += passage.segments
            guard let heard = passage.heard else { break }
            begin += Int(heard * rate)
        }
        return segments
    }

    private static let shortestSpeech = LogMelSpectrogram.sampleRate / 10

    /// The start sequence: start, language, task.
    func startSequence(_ options: RecognitionOptions) throws(SpeechError) -> [Int] {
        guard tokens.isMultilingual else {
            if options.task == .translate { throw .englishOnly }
            guard [nil, "en"].contains(options.language) else { throw .unknownLanguage(options.language ?? "") }
            return [tokens.startOfTranscript]
        }
        let language = options.language ?? "en"
        guard let token = tokens.languages[language] else { throw .unknownLanguage(language) }
        return [tokens.startOfTranscript, token, options.task == .translate ? tokens.translate : tokens.transcribe]
    }

    /// Decodes one stretch of audio, at rising temperatures until the text is plausible (Radford et al. 2022, section 4.5).
    private func passage(
        in audio: WhisperNetwork.Audio, duration: Double, offset: Double, options: RecognitionOptions
    ) throws -> Passage {
        let prompt = options.prompt.isEmpty ? [] : vocabulary.tokens(of: " " + options.prompt)
        let decoder = try WhisperDecoder(
            network: network, audio: audio, duration: duration, prompt: prompt, sequence: startSequence(options),
            collectsAttention: options.wordTimes)
        var best: Passage?
        for (attempt, temperature) in options.temperatures.enumerated() {
            let transcript = try decoder.transcript(temperature: temperature, seed: UInt64(attempt))
            let passage = Passage(
                transcript, tokens: tokens, vocabulary: vocabulary, duration: duration,
                language: options.language ?? "en", wordTimes: options.wordTimes)
            if passage.isSilent(options) { return Passage(silent: ()) }
            if best.map({ passage.isBetter(than: $0, options) }) ?? true { best = passage }
            if passage.isPlausible(options) { break }
        }
        return best?.moved(by: offset) ?? Passage(silent: ())
    }
}
