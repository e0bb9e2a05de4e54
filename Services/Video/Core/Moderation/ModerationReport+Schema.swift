import Primitives

extension ModerationReport {
    /// Of the measurements.
    static var schema: JSONValue {
        let seconds: JSONValue = ["type": "number", "x-unit": "s"]
        let (count, text, score): (JSONValue, JSONValue, JSONValue) = (
            ["type": "integer"], ["type": "string"], ["type": "number", "minimum": 0, "maximum": 1]
        )
        let source: JSONValue = ["enum": .array(ModerationItem.Source.allCases.map { .string($0.rawValue) })]
        func list(_ properties: JSONValue) -> JSONValue {
            ["type": "array", "items": ["type": "object", "properties": properties]]
        }
        return [
            "type": "object", "required": ["verdict", "duration_seconds", "frames", "captions", "rated", "unrated", "findings"],
            "properties": [
                "verdict": ["enum": .array(Verdict.allCases.map { .string($0.rawValue) })], "model": text,
                "duration_seconds": seconds, "frames": count, "captions": count, "rated": count, "unrated": count, "found": count,
                "calls": count, "failed_calls": count, "input_tokens": count, "output_tokens": count,
                "errors": ["type": "object", "additionalProperties": count],
                "categories": list([
                    "category": text, "threshold": score, "highest": score, "at_seconds": seconds, "found": count,
                ]),
                "findings": list([
                    "category": text, "source": source, "score": score, "start_seconds": seconds, "end_seconds": seconds,
                    "at_seconds": seconds, "note": text,
                ]),
                "failures": list(["source": source, "at_seconds": seconds, "code": text, "message": text]),
            ],
        ]
    }
}
