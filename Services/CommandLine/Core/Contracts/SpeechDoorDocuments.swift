import Primitives

/// The audio service's routes that speak OpenAI's protocol.
enum SpeechDoorDocuments {
    static let all = [
        RouteDocument(
            "POST /v1/audio/transcriptions", "Speech to text, as OpenAI's SDKs ask for it.", tag: "openai",
            body: ("multipart/form-data", form), answers: [("200", "The text, in the form asked for.", nil)]),
        RouteDocument(
            "POST /v1/audio/translations", "Speech to English text, as OpenAI's SDKs ask for it.", tag: "openai",
            body: ("multipart/form-data", form), answers: [("200", "The text, in the form asked for.", nil)]),
        RouteDocument(
            "POST /v1/audio/speech", "Text to speech, as OpenAI's SDKs ask for it.", tag: "openai",
            body: ("application/json", ["type": "object", "required": ["model", "input", "voice"]]),
            answers: [("200", "Sound, as it is made.", nil)]),
    ]

    private static let form: JSONValue = [
        "type": "object", "required": ["file", "model"],
        "properties": ["file": ["type": "string", "format": "binary"], "model": ["type": "string"]],
    ]
}
