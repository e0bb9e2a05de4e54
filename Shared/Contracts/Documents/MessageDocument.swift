package import Primitives

/// A message type as others see it: its JSON Schema and an example, both made from the code.
package struct MessageDocument: Sendable {
    /// The schema file's name: `job-order`.
    package let name: String
    /// The CloudEvents type when it travels in an envelope.
    package let eventType: String?
    package let subject: String?
    package let summary: String
    package let schema: JSONValue
    package let example: JSONValue
    /// Decodes a document as the type and encodes it again.
    package let roundTrip: @Sendable (JSONValue) throws -> JSONValue

    init<T: Codable & Sendable>(
        _ name: String, eventType: String? = nil, subject: String? = nil, _ summary: String, properties: [String: JSONValue],
        optional: Set<String> = [], example: T
    ) {
        (self.name, self.eventType, self.subject, self.summary) = (name, eventType, subject, summary)
        let required = properties.keys.sorted().filter { !optional.contains($0) }
        schema = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string("urn:avstudio:schema:\(name)"),
            "title": .string(name), "description": .string(summary), "type": "object", "additionalProperties": false,
            "properties": .object(properties), "required": .array(required.map(JSONValue.string)),
        ]
        // A message that can not be encoded would be a mistake in this file, found by the test of the examples.
        self.example = (try? JSONValue(encoding: example)) ?? .null
        roundTrip = { try JSONValue(encoding: $0.decoded(as: T.self)) }
    }
}

/// Pieces that the schemas share.
enum SchemaPieces {
    static let text: JSONValue = ["type": "string"]
    static let count: JSONValue = ["type": "integer", "minimum": 0]
    static let fraction: JSONValue = ["type": "number", "minimum": 0, "maximum": 1]
    static let flag: JSONValue = ["type": "boolean"]
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let anything: JSONValue = [:]
    static let digest: JSONValue = ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"]
    static let state: JSONValue = ["type": "string", "enum": .array(JobState.allCases.map { .string($0.rawValue) })]

    static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    static func object(_ properties: [String: JSONValue], required: [String]) -> JSONValue {
        [
            "type": "object", "additionalProperties": false, "properties": .object(properties),
            "required": .array(required.map(JSONValue.string)),
        ]
    }

    static let file = object(
        ["file": text, "digest": digest, "size": count, "name": text, "media_type": text],
        required: ["digest", "media_type", "name", "size"])
    static let problem = object(["code": text, "message": text, "retriable": flag], required: ["code", "message", "retriable"])
    static let partial = object(["index": count, "content": anything], required: ["content", "index"])
    static let usage = object(
        ["cpu_seconds": ["type": "number", "minimum": 0, "x-unit": "s"], "peak_memory_bytes": count],
        required: ["cpu_seconds", "peak_memory_bytes"])
    static let result = object(
        ["files": list(file), "measurements": anything, "usage": usage], required: ["files", "measurements"])
}
