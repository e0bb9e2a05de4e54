import Primitives

/// What anybody may tell the analytics.
enum AnalyticsMessageDocuments {
    private static let time = Timestamp(milliseconds: 1_795_237_200_000)
    private static let name: JSONValue = ["type": "string", "minLength": 1, "maxLength": 128]
    private static func labels(most: Int) -> JSONValue {
        [
            "type": "object", "maxProperties": JSONValue(most), "additionalProperties": ["type": "string", "maxLength": 256],
            "description": "channel, video, organisation, model, provider, key, user and error_type are summed up by value.",
        ]
    }
    private static let labels = labels(most: 16)
    private static let moment: JSONValue = [
        "type": "string", "format": "date-time",
        "description": "Or seconds since 1970; at most 10 minutes ahead and 400 days ago. When it arrives, if not given.",
    ]
    private static let metric: [String: JSONValue] = [
        "run_id": name, "script_name": name, "metric_type": name, "value": ["type": "number", "minimum": -1e12, "maximum": 1e12],
        "timestamp": moment, "owner": name, "labels": labels,
    ]

    static let all = [
        MessageDocument(
            "metric-event", subject: Subjects.metric,
            "One measurement, or an array of up to 500. No envelope; kept until it is counted.",
            properties: metric.merging(["id": name]) { $1 },
            optional: ["id", "run_id", "timestamp", "owner", "labels"],
            example: MetricEvent(
                id: "upload-7-videos", run: "upload-7", script: "upload.py", type: "videos_processed", value: 3, time: time,
                labels: ["channel": "news"])),
        MessageDocument(
            "metric-taken", subject: Subjects.metricTaken,
            "Measurements that came over HTTP or were made of a run's end: an array of up to 500. No envelope; kept until judged.",
            // The end of a run that failed has one of its own.
            properties: metric.merging(["labels": labels(most: 17)]) { $1 },
            optional: ["run_id", "labels"],
            example: MetricEvent(run: "upload-7", script: "upload.py", type: "errors", value: 1, time: time, owner: "ann")),
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
        MessageDocument(
            "person-erased", eventType: PersonErased.type, subject: PersonErased.messageSubject,
            "A person was taken out of the analytics: whoever was told of them is to forget them too; told at least once.",
            properties: ["person": SchemaPieces.text], optional: [], example: PersonErased("ann")),
    ]
}
