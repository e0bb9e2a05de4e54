import Primitives

/// What anybody may tell the analytics.
enum AnalyticsMessageDocuments {
    private static let time = Timestamp(milliseconds: 1_795_237_200_000)
    private static let name: JSONValue = ["type": "string", "minLength": 1, "maxLength": 128]
    private static let labels: JSONValue = [
        "type": "object", "maxProperties": 16, "additionalProperties": ["type": "string", "maxLength": 256],
        "description": "channel, video, organisation, model, provider, key, user and error_type are summed up by value.",
    ]
    private static let moment: JSONValue = [
        "type": "string", "format": "date-time",
        "description": "Or seconds since 1970; at most 10 minutes ahead and 400 days ago. When it arrives, if not given.",
    ]

    static let all = [
        MessageDocument(
            "metric-event", subject: Subjects.metric,
            "One measurement, or an array of up to 500. No envelope; kept until it is counted.",
            properties: [
                "id": name, "run_id": name, "script_name": name, "metric_type": name,
                "value": ["type": "number", "minimum": -1e12, "maximum": 1e12], "timestamp": moment, "owner": name,
                "labels": labels,
            ],
            optional: ["id", "run_id", "timestamp", "owner", "labels"],
            example: MetricEvent(
                id: "upload-7-videos", run: "upload-7", script: "upload.py", type: "videos_processed", value: 3, time: time,
                labels: ["channel": "news"])),
        MessageDocument(
            "run-event", subject: Subjects.metric, "A run has begun or ended, or an array of up to 500. No envelope.",
            properties: [
                "id": name, "script_name": name,
                "status": ["type": "string", "enum": .array(RunEvent.Status.allCases.map { .string($0.rawValue) })],
                "timestamp": moment, "ended": moment, "error_type": name, "error": SchemaPieces.text, "owner": name,
                "labels": labels,
            ],
            optional: ["timestamp", "ended", "error_type", "error", "owner", "labels"],
            example: RunEvent(
                id: "upload-7", script: "upload.py", status: .failed, started: time, ended: time, errorType: "quota-exceeded",
                error: "The quota of the day is used up.")),
    ]
}
