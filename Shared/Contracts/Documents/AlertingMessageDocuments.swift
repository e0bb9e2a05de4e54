import Primitives

/// What the alerting tells.
enum AlertingMessageDocuments {
    private static let texts: JSONValue = ["type": "object", "additionalProperties": ["type": "string"]]
    private static let time = Timestamp(milliseconds: 1_795_237_200_000)

    static let all = [
        MessageDocument(
            "alert", eventType: AlertEvent.firing, subject: "avstudio.event.alert.{firing|resolved}",
            "An alert fires, or with the type avstudio.alert.resolved has ended; told at least once.",
            properties: [
                "fingerprint": ["type": "string", "pattern": "^[0-9a-f]{16}$"], "labels": texts, "annotations": texts,
                "value": ["type": "number"], "started": SchemaPieces.time, "ended": SchemaPieces.time,
            ],
            optional: ["value", "ended"],
            example: AlertEvent(
                fingerprint: "0a1b2c3d4e5f6071", labels: ["alertname": "JobsFail", "severity": "critical"],
                annotations: ["summary": "12 jobs failed"], value: 12, started: time))
    ]
}
