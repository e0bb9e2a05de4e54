import Primitives

/// The audio service's routes about known sounds.
enum FingerprintRouteDocuments {
    private static let object: JSONValue = ["type": "object"]
    private static let text: JSONValue = ["type": "string"]
    private static let seconds: JSONValue = ["type": "number", "x-unit": "s"]
    private static let share: JSONValue = ["type": "number", "minimum": 0, "maximum": 1]

    static let all = [
        RouteDocument(
            "GET /audio/fingerprints", "The files whose sound is known, newest first.", tag: "audio",
            query: [("before", "The next of the page before."), ("limit", "1 to 500.")],
            answers: [("200", "One page.", ["type": "object", "properties": ["fingerprints": list(entry), "next": text]])]),
        RouteDocument(
            "POST /audio/fingerprints/search", "Finds the files in which a recording, or a part of it, is heard.", tag: "audio",
            body: (
                "application/json",
                [
                    "type": "object", "additionalProperties": false, "minProperties": 1,
                    "properties": [
                        "file": ["type": "string", "description": "A file that audio.fingerprint has heard."],
                        "job": ["type": "string", "description": "A finished job of audio.fingerprint."],
                        "fingerprint": ["type": "string", "description": "A fingerprint as fpcalc prints it."],
                        "limit": ["type": "integer", "minimum": 1, "maximum": 100, "default": 20],
                    ],
                ]
            ),
            answers: [("200", "The matches, the longest first.", ["type": "object", "properties": ["matches": list(match)]])]),
        RouteDocument("DELETE /audio/fingerprints/{id}", "Forgets a file's sound.", tag: "audio", answers: [("204", "Gone.", nil)]),
        RouteDocument(
            "GET /audio/duplicates", "Pairs of files that share sound.", tag: "audio",
            query: [("coverage", "How much of the shorter file is shared, from 0 to 1; 0.5 by default."), ("limit", "1 to 500.")],
            answers: [("200", "The pairs.", ["type": "object", "properties": ["duplicates": list(pair)]])]),
    ]

    private static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    private static let entry: JSONValue = [
        "type": "object",
        "properties": [
            "id": text, "file": text, "name": text, "job": text, "duration_seconds": seconds,
            "created": ["type": "string", "format": "date-time"],
        ],
    ]

    private static let match: JSONValue = [
        "type": "object",
        "properties": [
            "fingerprint": text, "file": text, "name": text, "score": share, "offset_seconds": seconds, "start_seconds": seconds,
            "query_start_seconds": seconds, "matched_seconds": seconds,
        ],
    ]

    private static let pair: JSONValue = [
        "type": "object",
        "properties": [
            "files": list(entry), "score": share, "coverage": share, "offset_seconds": seconds, "matched_seconds": seconds,
        ],
    ]
}
