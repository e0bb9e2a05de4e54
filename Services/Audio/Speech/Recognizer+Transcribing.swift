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
        while window.count - begin >= (begin == 0 ? Self.shortestSpeech : Self.shortestRest) {
            let rest = UnsafeBufferPointer(rebasing: window[begin...])
            let audio = try listen(to: rest)
            if options.language == nil { options.language = try likeliestLanguage(in: audio) }
            var passage = try passage(in: audio, samples: rest, options: options)
            if options.wordTimes { passage = passage.fitted(to: SoundEnvelope(rest)) }
            segments += passage.moved(by: offset + Double(begin) / rate).segments
            guard let heard = passage.heard else { break }
            options.context += passage.segments.flatMap(\.tokens)
            begin += Int(heard * rate)
        }
        return segments
    }

    // Less holds no word; the model would make one up, after a sentence even more than at the beginning.
    private static let shortestSpeech = LogMelSpectrogram.sampleRate / 10
    private static let shortestRest = LogMelSpectrogram.sampleRate / 2

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

    /// Decodes one stretch of audio until the text is plausible: as heard, then heard in full as the model was trained, then at
    /// rising temperatures (Radford et al. 2022, section 4.5).
    private func passage(
        in audio: WhisperNetwork.Audio, samples: UnsafeBufferPointer<Float>, options: RecognitionOptions
    ) throws -> Passage {
        let (first, wasInFull) = (try passage(in: audio, samples: samples, temperatures: [0], options: options), audio.isInFull)
        guard !first.isPlausible(options), !first.isSilent(options) else { return first }
        let full = wasInFull ? audio : try listen(to: samples, inFull: true)
        let temperatures = wasInFull ? options.temperatures.filter { $0 > 0 } : options.temperatures
        let second = try passage(in: full, samples: samples, temperatures: temperatures, options: options)
        return second.isBetter(than: first, options) ? second : first
    }

    private func passage(
        in audio: WhisperNetwork.Audio, samples: UnsafeBufferPointer<Float>, temperatures: [Float], options: RecognitionOptions
    ) throws -> Passage {
        let duration = Double(samples.count) / Double(LogMelSpectrogram.sampleRate)
        let prompt = options.prompt.isEmpty ? [] : vocabulary.tokens(of: " " + options.prompt).suffix(network.longestPrompt)
        let context = options.context.suffix(network.longestPrompt - prompt.count)
        let decoder = try WhisperDecoder(
            network: network, audio: audio, duration: duration, prompt: prompt + context, sequence: startSequence(options),
            collectsAttention: options.wordTimes)
        var best = Passage(silent: ())
        for (attempt, temperature) in temperatures.enumerated() {
            let transcript =
                temperature > 0
                ? try decoder.sample(temperature: temperature, seed: UInt64(attempt)) : try decoder.search(width: options.beams)
            let passage = Passage(
                transcript, tokens: tokens, vocabulary: vocabulary, duration: duration, language: options.language ?? "en",
                wordTimes: options.wordTimes)
            if attempt == 0 || passage.isBetter(than: best, options) { best = passage }
            if passage.isPlausible(options) || passage.isSilent(options) { break }
        }
        // Silence is told by the network before any text, so that every attempt agrees on it.
        return best.isSilent(options) ? Passage(silent: ()) : best
    }
}
