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
    private var language: String?
    private var languageProbability: Double?
    /// Speech that waits until there is enough of it to tell its language.
    private var waiting: [SpeechWindows.Window] = []
    private var segments: [TranscriptSegment] = []
    /// The end of what was said before, which helps the recogniser to spell alike.
    private var context = ""

    /// - Throws: `AudioError`, `ModelError`, `SpeechError`.
    init(model: InstalledModel, voice: InstalledModel, registry: ModelRegistry, threads: Int, settings: Settings) throws {
        // The first model that is loaded decides where the runtime comes from.
        windows = SpeechWindows(try VoiceActivity(voice, options: registry.options(keepsMemory: true)))
        recognizer = try Recognizer(
            files: WhisperFiles(
                encoder: try model.file("encoder"), decoder: try model.file("decoder"), tokens: try model.file("tokens")),
            threads: threads)
        diarizer =
            settings.speakers == nil
            ? nil
            : try SpeakerDiarizer(
                segmentation: registry.model(for: .segmentSpeakers, fallback: "pyannote-segmentation-3"),
                embedding: registry.model(for: .embedSpeakers, fallback: "campplus"), options: registry.options(keepsMemory: true))
        self.settings = settings
        language = settings.language
    }

    /// - Parameters:
    ///   - progress: called with the fraction heard.
    ///   - partial: called with each new segment that is believed.
    /// - Throws: `MediaError`, `ModelError`, `SpeechError`.
    func transcribe(
        _ source: AudioSource, progress: (Double) -> Void, partial: (TranscriptSegment) -> Void
    ) throws -> Transcript {
        let format = AudioFormat.planar(sampleRate: VoiceActivity.sampleRate, channels: 1, channelMask: 0)
        var frames = 0
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
        guard let diarizer, let count = settings.speakers else { return cleaned }
        return SpeakerTurns(try diarizer.finish(count: count == 0 ? nil : count)).labelled(cleaned)
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

    private func recognise(_ window: SpeechWindows.Window, _ partial: (TranscriptSegment) -> Void) throws {
        if Task.isCancelled { throw CancellationError() }
        var options = RecognitionOptions()
        options.language = language
        options.task = settings.task == .translate ? .translate : .transcribe
        options.prompt = [settings.prompt, context].filter { !$0.isEmpty }.joined(separator: " ")
        options.beams = settings.beams
        options.wordTimes = settings.hasWordTimes
        if let temperature = settings.temperature { options.temperatures = [Float(temperature)] }
        for recognized in try recognizer.transcribe(window: window.samples, offset: window.start, options: options) {
            let segment = TranscriptSegment(recognized, id: segments.count)
            segments.append(segment)
            // Text that the guard doubts is not told and must not lead what follows astray.
            let isDoubted = guardian.finding(in: segment) != nil
            if !isDoubted { partial(segment) }
            context = isDoubted ? "" : String((context + " " + segment.text).suffix(200))
        }
    }

    /// - Parameter speech: 16 kHz mono; the first half minute of it is listened to.
    private func detectLanguage(_ speech: [Float]) throws {
        guard recognizer.languages.count > 1 else { return language = recognizer.languages.first }
        let longest = Int(Recognizer.longestWindow) * VoiceActivity.sampleRate
        let probabilities = try recognizer.detectLanguage(window: Array(speech.prefix(longest)))
        guard let likeliest = probabilities.max(by: { $0.value < $1.value }) else { return }
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
