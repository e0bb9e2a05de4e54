package import Primitives

extension Transcript {
    /// The transcript as the studio's own document.
    package var document: JSONValue {
        [
            "task": .string(task.rawValue), "language": JSONValue(language),
            "language_probability": JSONValue(languageProbability), "duration_seconds": .number(duration), "text": .string(text),
            "segments": .array(segments.map(\.document)),
        ]
    }

    /// Reads the studio's own document. The text of the whole is made of the segments and need not be there.
    /// - Throws: `TranscriptError` naming the member that does not fit.
    package init(document: JSONValue) throws(TranscriptError) {
        let fields = try TranscriptFields(document)
        let name = try fields.optionalText("task") ?? Task.transcribe.rawValue
        guard let task = Task(rawValue: name) else { throw fields.failure("task", "must be transcribe or translate") }
        var segments: [TranscriptSegment] = []
        for (value, path) in try fields.list("segments") {
            segments.append(try TranscriptSegment(document: value, path: path, id: segments.count))
        }
        self.init(
            language: try fields.optionalText("language"), languageProbability: try fields.fraction("language_probability"),
            duration: try fields.seconds("duration_seconds"), task: task, segments: segments)
    }

    /// JSON Schema of the document.
    package static var schema: JSONValue {
        let fraction: JSONValue = ["type": ["number", "null"], "minimum": 0, "maximum": 1]
        let seconds: JSONValue = [
            "type": "number", "minimum": 0, "maximum": .number(TranscriptFields.longest), "x-unit": "s",
        ]
        let label: JSONValue = ["type": ["string", "null"]]
        let word: JSONValue = [
            "type": "object", "required": ["text", "start_seconds", "end_seconds"],
            "properties": [
                "text": ["type": "string"], "leading_space": ["type": "boolean"], "start_seconds": seconds, "end_seconds": seconds,
                "probability": fraction, "speaker": label,
            ],
        ]
        let segment: JSONValue = [
            "type": "object", "required": ["start_seconds", "end_seconds", "text"],
            "properties": [
                "id": ["type": "integer", "minimum": 0], "start_seconds": seconds, "end_seconds": seconds,
                "text": ["type": "string"], "speaker": label, "token_count": ["type": "integer", "minimum": 0],
                "tokens": ["type": "array", "items": ["type": "integer", "minimum": 0]],
                "average_log_probability": ["type": ["number", "null"]], "no_speech_probability": fraction,
                "compression_ratio": ["type": ["number", "null"]], "temperature": ["type": ["number", "null"]],
                "words": ["type": "array", "items": word],
            ],
        ]
        return [
            "type": "object", "required": ["duration_seconds", "segments"],
            "properties": [
                "task": ["enum": .array(Task.allCases.map { .string($0.rawValue) })], "language": label,
                "language_probability": fraction, "duration_seconds": seconds, "text": ["type": "string"],
                "segments": ["type": "array", "items": segment],
            ],
        ]
    }
}

extension TranscriptSegment {
    /// What is said and when, for those who wait for the rest.
    package var brief: JSONValue {
        [
            "start_seconds": .number(start), "end_seconds": .number(end), "text": .string(text),
            "leading_space": .bool(hasLeadingSpace),
        ]
    }

    fileprivate var document: JSONValue {
        [
            "id": JSONValue(id), "start_seconds": .number(start), "end_seconds": .number(end), "text": .string(text),
            "speaker": JSONValue(speaker), "token_count": JSONValue(tokenCount),
            "tokens": .array(tokens.map { .integer(Int64($0)) }), "average_log_probability": JSONValue(averageLogProbability),
            "no_speech_probability": JSONValue(noSpeechProbability), "compression_ratio": JSONValue(compressionRatio),
            "temperature": JSONValue(temperature), "words": .array(words.map(\.document)),
        ]
    }

    fileprivate init(document: JSONValue, path: String, id: Int) throws(TranscriptError) {
        let fields = try TranscriptFields(document, path: path)
        let (start, end) = try fields.span()
        self.init(id: id, start: start, end: end, text: try fields.text("text"), speaker: try fields.optionalText("speaker"))
        for (value, path) in try fields.list("tokens") {
            guard let token = value.integerValue.flatMap({ Int(exactly: $0) }) else {
                throw TranscriptError(path: path, problem: "must be a whole number")
            }
            tokens.append(token)
        }
        tokenCount = max(try fields.count("token_count"), tokens.count)
        averageLogProbability = try fields.optionalNumber("average_log_probability")
        noSpeechProbability = try fields.fraction("no_speech_probability")
        compressionRatio = try fields.optionalNumber("compression_ratio")
        temperature = try fields.optionalNumber("temperature")
        for (value, path) in try fields.list("words") { words.append(try TranscriptWord(document: value, path: path)) }
    }
}

extension TranscriptWord {
    fileprivate var document: JSONValue {
        [
            "text": .string(text), "leading_space": .bool(hasLeadingSpace), "start_seconds": .number(start),
            "end_seconds": .number(end), "probability": JSONValue(probability), "speaker": JSONValue(speaker),
        ]
    }

    fileprivate init(document: JSONValue, path: String) throws(TranscriptError) {
        let fields = try TranscriptFields(document, path: path)
        let (start, end) = try fields.span()
        self.init(
            text: try fields.text("text"), hasLeadingSpace: try fields.flag("leading_space", default: true), start: start, end: end,
            probability: try fields.fraction("probability"), speaker: try fields.optionalText("speaker"))
    }
}
