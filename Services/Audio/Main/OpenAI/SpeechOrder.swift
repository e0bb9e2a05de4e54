import HTTP
import Primitives

/// The body of a call to `/v1/audio/speech`.
struct SpeechOrder {
    let format: SpeechFormat
    /// `stream_format`: events with pieces in Base64 in place of the bytes themselves.
    let isStreamedAsEvents: Bool
    private let text: String
    private let speed: JSONValue
    private let voice: String

    /// - Throws: `OpenAIError` naming the parameter that does not fit.
    init(_ body: JSONValue) throws(OpenAIError) {
        guard body.objectValue != nil else { throw OpenAIError(.badRequest, "the body must be a JSON object") }
        guard let text = body["input"]?.stringValue, !text.isEmpty else {
            throw OpenAIError(.badRequest, "input is missing or empty", param: "input")
        }
        let name = body["response_format"]?.stringValue ?? "mp3"
        guard let format = SpeechFormat(rawValue: name) else {
            let known = SpeechFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw OpenAIError(.badRequest, "response_format must be one of \(known)", param: "response_format")
        }
        switch body["stream_format"] ?? .null {
        case .null, "audio": isStreamedAsEvents = false
        case "sse": isStreamedAsEvents = true
        default: throw OpenAIError(.badRequest, "stream_format must be audio or sse", param: "stream_format")
        }
        switch body["voice"] ?? .null {
        case .null: voice = ""
        case .string(let name): voice = name
        case let custom:
            guard let id = custom["id"]?.stringValue else {
                throw OpenAIError(.badRequest, "voice must be a name, or an object with the id of one", param: "voice")
            }
            voice = id
        }
        (self.text, self.format, speed) = (text, format, body["speed"] ?? 1)
    }

    /// The parameters of `audio.speak` that it stands for.
    /// - Parameter installed: the name of the installed voice that a name of OpenAI's means.
    func parameters(installed: (String) -> String) -> JSONValue {
        [
            "text": .string(text), "speed": speed, "format": .string(format.file), "voice": .string(installed(voice)),
            "sample_rate_hz": 24_000,
        ]
    }
}

/// The audio formats that OpenAI's speech endpoint knows.
enum SpeechFormat: String, CaseIterable {
    case mp3, opus, aac, flac, wav, pcm

    /// The format of the operation.
    var file: String { self == .pcm ? "wav" : rawValue }

    var mediaType: String {
        switch self {
        case .mp3: "audio/mpeg"
        case .opus: "audio/ogg"
        case .aac: "audio/aac"
        case .flac: "audio/flac"
        case .wav: "audio/wav"
        case .pcm: "audio/pcm"
        }
    }
}
