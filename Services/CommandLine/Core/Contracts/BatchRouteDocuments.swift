import Jobs
import Primitives

/// The routes of batches, which every service with operations has.
enum BatchRouteDocuments {
    static func routes(_ service: String) -> [RouteDocument] {
        let base = "/\(service)/batches"
        let batch: [(String, String, JSONValue?)] = [("200", "The batch with its items.", object)]
        return [
            RouteDocument(
                "POST \(base)", "Runs one operation or a chain of them on each of many inputs.", tag: service,
                query: [("operation", "The operation, when the body is text/csv.")],
                headers: [("Idempotency-Key", "Makes a repeat of the request safe.")], body: ("application/json", body),
                answers: [("202", "Accepted; Location names the batch.", object)]),
            RouteDocument("GET \(base)/{id}", "A batch and the state of every item.", tag: service, answers: batch),
            RouteDocument("DELETE \(base)/{id}", "Cancels what has not ended.", tag: service, answers: batch),
            RouteDocument(
                "POST \(base)/{id}/retry", "Runs the failed and cancelled items again, from the step that they ended at.",
                tag: service, answers: [("202", "The batch.", object)]),
            RouteDocument(
                "POST \(base)/{id}/resume", "The same as retry.", tag: service, answers: [("202", "The batch.", object)]),
            RouteDocument(
                "GET \(base)/{id}/manifest", "What became of every item, with files and measurements.", tag: service,
                query: [("format", "json or csv.")], answers: [("200", "The manifest, JSON or CSV.", object)]),
            RouteDocument(
                "GET \(base)/{id}/archive", "Everything that the batch made, and the manifest, as one ZIP archive.", tag: service,
                answers: [("200", "application/zip", nil)]),
        ]
    }

    private static let object: JSONValue = ["type": "object"]
    private static let text: JSONValue = ["type": "string"]
    private static let body: JSONValue = [
        "type": "object", "required": ["steps"], "additionalProperties": false,
        "properties": [
            "steps": [
                "type": "array", "minItems": 1, "maxItems": JSONValue(BatchSubmission.maximumSteps),
                "description": "The first file of a step's result is the next one's input.",
                "items": [
                    "type": "object", "required": ["operation"], "additionalProperties": false,
                    "properties": ["operation": text, "parameters": object],
                ],
            ],
            "inputs": [
                "type": "array", "minItems": 1, "maxItems": JSONValue(BatchSubmission.maximumInputs),
                "description": "Files' identifiers, URLs, or objects with either and parameters that differ for this input.",
                "items": [
                    "anyOf": [
                        text,
                        [
                            "type": "object", "additionalProperties": false,
                            "properties": ["input": text, "url": text, "parameters": object],
                        ],
                    ]
                ],
            ],
            "csv": [
                "type": "string",
                "description": "Instead of inputs: a table (RFC 4180) with the columns input or url and parameters.",
            ],
        ],
    ]
}
