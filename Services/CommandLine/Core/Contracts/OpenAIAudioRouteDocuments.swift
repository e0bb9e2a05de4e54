import Primitives

/// The audio part of OpenAI's API.
enum OpenAIAudioRouteDocuments {
    static let all = [
        RouteDocument(
            "POST /v1/audio/transcriptions", "Writes down what is said, as OpenAI's API does.", tag: "openai",
            body: ("multipart/form-data", form(isTranslation: false)), answers: [transcript, modelMissing]),
        RouteDocument(
            "POST /v1/audio/translations", "Writes down in English what is said, as OpenAI's API does.", tag: "openai",
            body: ("multipart/form-data", form(isTranslation: true)), answers: [transcript, modelMissing]),
        RouteDocument(
            "POST /v1/audio/speech", "Reads text aloud, as OpenAI's API does; the sound comes as it is made.", tag: "openai",
            body: ("application/json", speech), answers: [("200", "The sound, in the format asked for.", nil), modelMissing]),
    ]

    private static let text: JSONValue = ["type": "string"]
    private static let modelMissing: (String, String, JSONValue?) = ("409", OperationRouteDocuments.modelMissing, nil)
    private static let transcript: (String, String, JSONValue?) = (
        "200", "The transcript in the format asked for. No file of the call is kept.",
        [
            "type": "object", "required": ["text"],
            "properties": [
                "text": text, "language": text, "duration": ["type": "number", "x-unit": "s"],
                "segments": ["type": "array", "items": ["type": "object"]],
                "words": ["type": "array", "items": ["type": "object"]],
            ],
        ]
    )

    private static func form(isTranslation: Bool) -> JSONValue {
        var properties: [String: JSONValue] = [
            "file": ["type": "string", "format": "binary", "description": "Audio or video of any kind."],
            "model": ["type": "string", "description": "An installed model; whisper-1 and its like mean the usual one."],
            "prompt": ["type": "string", "description": "Names and terms as they are to be spelt."],
            "response_format": ["enum": ["json", "text", "srt", "verbose_json", "vtt", "diarized_json"], "default": "json"],
            "temperature": ["type": "number", "minimum": 0, "maximum": 1, "default": 0],
        ]
        if !isTranslation {
            properties["language"] = ["type": "string", "description": "The language spoken (ISO 639); without it it is detected."]
            properties["stream"] = [
                "type": "boolean", "default": false, "description": "Tells the text while it is found, as server-sent events.",
            ]
            properties["timestamp_granularities[]"] = ["type": "array", "items": ["enum": ["word", "segment"]]]
        }
        return ["type": "object", "required": ["file"], "properties": .object(properties)]
    }

    private static let speech: JSONValue = [
        "type": "object", "required": ["input"],
        "properties": [
            "input": ["type": "string", "description": "Plain text or SSML."],
            "model": ["type": "string", "description": "Any; the voice decides."],
            "voice": ["type": "string", "description": "An installed voice; OpenAI's names mean the usual one."],
            "response_format": ["enum": ["mp3", "opus", "aac", "flac", "wav", "pcm"], "default": "mp3"],
            "speed": ["type": "number", "minimum": 0.25, "maximum": 4, "default": 1],
        ],
    ]
}
