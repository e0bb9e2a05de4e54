import AudioAPI
import AudioSpeech
import AudioText
import Inference
import Media
import Primitives

/// Writes down what is said in a file: finds the speech, recognises it window by window, drops what nobody said.
final class Transcriber {
    /// What a person may say about it.
    struct Settings {
        var language: String?
        var task = Transcript.Task.transcribe
        var prompt = ""
        var hasWordTimes = true
        var temperature: Double?
        var beams = 1
        /// Who speaks: `nil` does not ask, 0 finds out how many there are.
        var speakers: Int?
    }

    private let recognizer: Recognizer
    private let windows: SpeechWindows
    private let diarizer: SpeakerDiarizer?
    private let settings: Settings
    private let guardian = HallucinationGuard()
    private var sieve: HallucinationGuard.Sieve
    /// Seconds from the beginning of the file to that of its sound.
    private var offset = 0.0
    private var language: String?
    private var languageProbability: Double?
    /// How likely each language is that the model knows, by its code; none where it was told.
    private(set) var languageProbabilities: [String: Double] = [:]
    /// Speech that waits until there is enough of it to tell its language.
    private var waiting: [SpeechWindows.Window] = []
    private var segments: [TranscriptSegment] = []
    /// The tokens of what was said before, which help the recogniser to spell and to part sentences alike.
    private var context: [Int] = []

    /// - Throws: `AudioError`, `ModelError`, `SpeechError`.
    init(model: InstalledModel, voice: InstalledModel, registry: ModelRegistry, threads: Int, settings: Settings) throws {
        // The first model that is loaded decides where the runtime comes from.
        let activity = try VoiceActivity(voice, options: registry.options(keepsMemory: true))
        windows = SpeechWindows { try activity.probability($0) }
        let files = WhisperFiles(
            encoder: try model.file("encoder"), decoder: try model.file("decoder"), tokens: try model.file("tokens"))
        recognizer = try model.loading { try Recognizer(files: files, threads: threads) }
        diarizer =
            if settings.speakers == nil {
                nil
            } else {
                try Self.diarizer(registry)
            }
        sieve = HallucinationGuard.Sieve(guardian)
        self.settings = settings
        language = settings.language
    }

    private static func diarizer(_ registry: ModelRegistry) throws -> SpeakerDiarizer {
        let models = try SpeakerDiarizer.models(registry)
        return try SpeakerDiarizer(
            segmentation: models.segmentation, embedding: models.embedding, options: registry.options(keepsMemory: true))
    }

    /// - Parameters:
    ///   - progress: called with the fraction heard.
    ///   - partial: called with each new segment that the transcript will hold, in time.
    /// - Returns: what is said; times count from the beginning of the file, where the first of picture and sound begins.
    /// - Throws: `MediaError`, `ModelError`, `SpeechError`.
    func transcribe(
        _ source: AudioSource, progress: (Double) -> Void, partial: (TranscriptSegment) -> Void
    ) throws -> Transcript {
        let format = AudioFormat.planar(sampleRate: VoiceActivity.sampleRate, channels: 1, channelMask: 0)
        var frames = 0
        offset = source.offset
        try source.decode(to: format, progress: progress) { frame in
            frames += frame.frameCount
            let samples = try frame.planes[0].finite
            try diarizer?.push(samples)
            try windows.push(samples) { try take($0, partial) }
        }
        try windows.finish { try take($0, partial) }
        try recogniseWaiting(partial)
        let transcript = Transcript(
            language: language, languageProbability: languageProbability,
            duration: Double(frames) / Double(VoiceActivity.sampleRate), task: settings.task, segments: segments)
        let cleaned = guardian.cleaned(transcript)
        guard let diarizer, let count = settings.speakers else { return cleaned.shifted(by: offset) }
        return SpeakerTurns(try diarizer.finish(count: count == 0 ? nil : count)).labelled(cleaned).shifted(by: offset)
    }

    /// Samples of speech that tell a language: one window may be a single word. Of 27 strings of words in 12 languages the first
    /// windows told 15 right, the joined ones 17.
    private static let enoughForLanguage = 20 * VoiceActivity.sampleRate

    private func take(_ window: SpeechWindows.Window, _ partial: (TranscriptSegment) -> Void) throws {
        guard language == nil else { return try recognise(window, partial) }
        waiting.append(window)
        if waiting.map(\.samples.count).reduce(0, +) >= Self.enoughForLanguage { try recogniseWaiting(partial) }
    }

    private func recogniseWaiting(_ partial: (TranscriptSegment) -> Void) throws {
        guard !waiting.isEmpty else { return }
        try detectLanguage(waiting.flatMap(\.samples))
        for window in waiting { try recognise(window, partial) }
        waiting = []
    }

    /// Text that was drawn at a higher temperature leads nothing (openai/whisper `transcribe.py`).
    private static let hottestContext = 0.5
    /// Tokens of context. Of recordings in three languages 64 gave a word error rate of 7.0 %, the 223 that a model takes 7.4 %:
    /// more of what was said leads it to leave out what is alike.
    private static let longestContext = 64
    /// Seconds of speech that may be without text at the end of a window.
    private static let longestUnheard = 1.5
    /// Seconds that the text of a window is taken for at least.
    private static let shortestHeard = 0.5

    /// Recognises a window, and what is left of it when the model stops before the speech does: of several sentences that are much
    /// alike it tells only some.
    private func recognise(_ window: SpeechWindows.Window, _ partial: (TranscriptSegment) -> Void) throws {
        var rest = window
        while let end = try heard(in: rest, partial), end - rest.start >= Self.shortestHeard,
            rest.speech(after: end) > Self.longestUnheard
        {
            rest = rest.rest(after: end)
        }
    }

    /// - Returns: the end of the text in the window; nil when there is none.
    private func heard(in window: SpeechWindows.Window, _ partial: (TranscriptSegment) -> Void) throws -> Double? {
        if Task.isCancelled { throw CancellationError() }
        var options = RecognitionOptions()
        options.language = language
        options.task = settings.task == .translate ? .translate : .transcribe
        (options.prompt, options.context) = (settings.prompt, context)
        options.beams = settings.beams
        options.wordTimes = settings.hasWordTimes
        if let temperature = settings.temperature { options.temperatures = [Float(temperature)] }
        let segments = try recognizer.transcribe(window: window.samples, offset: window.start, options: options)
        for recognized in segments {
            let segment = TranscriptSegment(recognized, id: self.segments.count)
            self.segments.append(segment)
            // What the transcript will not hold is not told.
            if sieve.keeps(segment) { partial(segment.shifted(by: offset)) }
            // Text that the guard doubts must not lead what follows astray.
            let leads = guardian.finding(in: segment) == nil && recognized.temperature <= Self.hottestContext
            context = leads ? (context + segment.tokens).suffix(Self.longestContext) : []
        }
        return segments.last?.end
    }

    /// - Parameter speech: 16 kHz mono; the first half minute of it is listened to.
    private func detectLanguage(_ speech: [Float]) throws {
        guard recognizer.languages.count > 1 else { return language = recognizer.languages.first }
        let longest = Int(Recognizer.longestWindow) * VoiceActivity.sampleRate
        languageProbabilities = try recognizer.detectLanguage(window: Array(speech.prefix(longest)))
        guard let likeliest = languageProbabilities.max(by: { $0.value < $1.value }) else { return }
        (language, languageProbability) = (likeliest.key, likeliest.value)
    }
}

extension TranscriptSegment {
    fileprivate init(_ recognized: RecognizedSegment, id: Int) {
        self.init(
            id: id, start: recognized.start, end: recognized.end, text: recognized.text.trimmingSpaces,
            tokenCount: recognized.tokens.count, tokens: recognized.tokens, averageLogProbability: recognized.averageLogProbability,
            noSpeechProbability: recognized.noSpeechProbability, compressionRatio: recognized.compressionRatio,
            temperature: recognized.temperature,
            words: recognized.words.map { word in
                TranscriptWord(
                    text: word.text.trimmingSpaces, hasLeadingSpace: word.text.first?.isWhitespace == true, start: word.start,
                    end: word.end, probability: word.probability)
            })
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

extension UnsafeBufferPointer<Float> {
    /// The samples themselves when all are finite, which networks need.
    fileprivate var finite: UnsafeBufferPointer<Float> {
        get throws(AudioError) {
            for sample in self where !sample.isFinite { throw .notFinite }
            return self
        }
    }
}
