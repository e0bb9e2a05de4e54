package import AudioAPI
package import Contracts
package import Jobs
import Media
package import Primitives

/// `audio.transcribe`: what is said in a recording, as text, captions and documents with times.
package enum TranscribeOperation: Operation {
    package struct Parameters: RecognisesSpeech {
        package var model = ""
        package var language = ""
        package var task = Transcript.Task.transcribe
        package var prompt = ""
        package var formats = "document,srt,vtt,text"
        package var hasWordTimes = true
        package var temperature: Double?
        package var beams = 5
        package var tellsSpeakers = false
        package var speakers = 0
        package var lineWidth = 42
        package var lines = 2
        package var readingSpeed = 20.0
        package var threads = 1
    }

    package static var name: String { AudioService.OperationName.transcribe }
    package static var summary: String {
        "Writes down what is said (Whisper): text, captions and a document with the times of segments and words."
    }
    /// 2: words keep to what sounds, and text that nobody said is found out in other ways. 3: the languages that were likely.
    package static var version: Int { 3 }
    package static var inputs: InputRule { InputRule(.media) }
    package static var cost: CostClass { .heavy }
    package static var memory: ByteSize { .mib(800) }
    package static func memory(_ parameters: Parameters, resources: [String: String]) throws -> ByteSize {
        try parameters.recognitionMemory(resources, beams: parameters.beams)
    }
    package static let schema = Schema(Parameters()) {
        Field.text("model", \.model, "The model, by its name in the list of installed models; empty takes whisper-base.")
        Field.text(
            "language", \.language, maximumLength: 32, "The language spoken, as a code or an English name; empty detects it.")
        Field.choice("task", \.task, "transcribe keeps the language, translate gives English.")
        Field.text("prompt", \.prompt, "Names and terms as they are to be spelt, or the text before.")
        Field.text(
            "formats", \.formats,
            "What to write, separated by commas: "
                + TranscriptFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        Field.flag("word_times", \.hasWordTimes, "Tells the time and probability of each word.")
        Field.number(
            "temperature", \.temperature, in: 0...1, "Sampling temperature; by default 0, rising only where the text is doubtful.")
        Field.integer(
            "beams", \.beams, in: 1...10, "Transcripts that are followed side by side: 1 is fastest, 5 is usual."
        )
        Field.flag("speakers", \.tellsSpeakers, "Tells who says what: Speaker 1, Speaker 2 and so on.")
        Field.integer("speaker_count", \.speakers, in: 0...32, "How many people speak; 0 finds out.")
        Field.integer("line_width", \.lineWidth, in: 10...200, "Columns of a caption's line.")
        Field.integer("lines", \.lines, in: 1...4, "Lines of a caption.")
        Field.number("reading_speed", \.readingSpeed, in: 5...60, unit: "1/s", "Columns of captions that can be read in a second.")
        Field.integer("threads", \.threads, in: 1...16, "Threads that work on the recording.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "One file for each format.",
            measurements: [
                "type": "object", "required": ["language", "duration_seconds", "segments", "words", "text", "model"],
                "properties": [
                    "language": ["type": ["string", "null"]], "language_probability": ["type": ["number", "null"]],
                    "language_probabilities": [
                        "type": "object", "additionalProperties": ["type": "number", "minimum": 0, "maximum": 1],
                        "description": "The likeliest languages by their codes, at most 5; absent where the language was given.",
                    ],
                    "duration_seconds": ["type": "number", "x-unit": "s"], "segments": ["type": "integer"],
                    "words": ["type": "integer"], "model": ["type": "string"], "speakers": ["type": "integer"],
                    "text": ["type": "string", "description": "The first 2000 characters."],
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try FormatList<TranscriptFormat>(parameters.formats)
        let registry = try ModelRegistry(folder: resources["models"] ?? "")
        _ = try parameters.speechModels(registry)
        if parameters.tellsSpeakers { _ = try SpeakerDiarizer.models(registry) }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let formats = try FormatList<TranscriptFormat>(parameters.formats).formats
        let registry = try context.models()
        let (model, voice) = try parameters.speechModels(registry)
        let source = try AudioSource(context.inputs[0])
        let transcriber = try Transcriber(
            model: model, voice: voice, registry: registry, threads: parameters.threads, settings: try settings(parameters))
        var fraction = 0.0
        let transcript = try transcriber.transcribe(source) {
            fraction = $0
        } partial: { segment in
            // The newest words are what a person who waits wants to see.
            context.report(fraction, String(segment.text.prefix(200)), partial: segment.brief)
        }
        var options = TranscriptFormat.Options(
            layout: CaptionLayout(
                maximumLineWidth: parameters.lineWidth, maximumLines: parameters.lines, readingSpeed: parameters.readingSpeed))
        options.layout?.labelsSpeakers = parameters.tellsSpeakers
        options.granularities = parameters.hasWordTimes ? [.segment, .word] : [.segment]
        let files = try formats.map { format in
            let name = OutputName.derived(from: context.inputs[0].name, suffix: format.suffix, fileExtension: format.fileExtension)
            let bytes = format.render(transcript, options: options)
            return try context.write(bytes, named: name, mediaType: format.mediaType)
        }
        var measurements: [String: JSONValue] = [
            "language": JSONValue(transcript.language), "language_probability": JSONValue(transcript.languageProbability),
            "duration_seconds": .number(transcript.duration.rounded(decimals: 3)), "model": .string(model.name),
            "segments": JSONValue(transcript.segments.count), "words": JSONValue(transcript.words.count),
            "speakers": JSONValue(transcript.speakers.count), "text": .string(String(transcript.text.prefix(2000))),
        ]
        if !transcriber.languageProbabilities.isEmpty {
            let likeliest = transcriber.languageProbabilities.sorted { $0.value > $1.value }.prefix(5)
            measurements["language_probabilities"] = .object(
                Dictionary(uniqueKeysWithValues: likeliest.map { ($0.key, .number($0.value.rounded(decimals: 6))) }))
        }
        return JobOutput(files: files, measurements: .object(measurements))
    }

    private static func settings(_ parameters: Parameters) throws(AudioError) -> Transcriber.Settings {
        Transcriber.Settings(
            language: try parameters.languageCode, task: parameters.task, prompt: parameters.prompt,
            hasWordTimes: parameters.hasWordTimes || parameters.tellsSpeakers, temperature: parameters.temperature,
            beams: parameters.beams,
            speakers: parameters.tellsSpeakers ? parameters.speakers : nil)
    }
}

extension TranscriptFormat {
    /// Tells the JSON files of one recording apart.
    fileprivate var suffix: String? {
        switch self {
        case .document: "transcript"
        case .json: "text"
        case .verboseJSON: "verbose"
        case .diarizedJSON: "diarized"
        case .srt, .vtt, .text, .tsv: nil
        }
    }
}
