import AudioAPI
import HTTP
import Primitives

/// The fields of a call to `/v1/audio/transcriptions` or `/v1/audio/translations`, as far as they have come.
struct TranscriptionForm {
    /// Names of the fields that count; OpenAI's others have no meaning here.
    static let fields: Set = [
        "model", "prompt", "language", "temperature", "response_format", "stream", "timestamp_granularities",
        "timestamp_granularities[]",
    ]
    /// Characters of the prompt that Whisper could make use of, and more.
    private static let longestPrompt = 4000

    let task: Transcript.Task
    private(set) var model: String?
    private(set) var format = TranscriptFormat.json
    /// Whether the text is told as it is found.
    private(set) var isStreamed = false
    private var language: String?
    private var prompt = ""
    private var temperature: Double?
    private var granularities: Set<String> = []

    init(task: Transcript.Task) {
        self.task = task
    }

    /// Takes a field.
    /// - Parameters:
    ///   - name: one of `fields`.
    ///   - value: as it was sent.
    /// - Throws: for a value that the field can not have.
    mutating func take(_ name: String, _ value: String) throws(OpenAIError) {
        switch name {
        case "model": model = value
        case "prompt": prompt = String(value.prefix(Self.longestPrompt))
        case "language": language = value.isEmpty ? nil : value
        case "temperature":
            guard let number = Double(value), (0...1).contains(number) else {
                throw OpenAIError(.badRequest, "temperature must be between 0 and 1", param: "temperature")
            }
            temperature = number
        case "response_format":
            guard let format = TranscriptFormat(rawValue: value), format != .document, format != .tsv else {
                throw OpenAIError(
                    .badRequest, "response_format must be one of json, text, srt, verbose_json, vtt, diarized_json",
                    param: "response_format")
            }
            self.format = format
        case "stream": isStreamed = value == "true"
        default:
            guard value == "word" || value == "segment" else {
                throw OpenAIError(.badRequest, "timestamp_granularities are word and segment", param: "timestamp_granularities")
            }
            granularities.insert(value)
        }
    }

    var wantsSegments: Bool { granularities.isEmpty || granularities.contains("segment") }

    /// The parameters of `audio.transcribe` that it stands for.
    /// - Parameter installed: the name of the installed model that a name of OpenAI's means.
    func parameters(installed: (String) -> String) -> JSONValue {
        var parameters: [String: JSONValue] = [
            "task": .string(task.rawValue), "formats": .string(format.rawValue),
            "word_times": .bool(granularities.contains("word")), "model": .string(installed(model ?? "")),
            "prompt": .string(prompt),
        ]
        if format == .diarizedJSON { parameters["speakers"] = true }
        if let language { parameters["language"] = .string(language) }
        // 0, their default, also means theirs: rise only where the text is doubtful.
        if let temperature, temperature > 0 { parameters["temperature"] = .number(temperature) }
        return .object(parameters)
    }
}
