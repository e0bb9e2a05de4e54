import Contracts
import Primitives

/// The routes of the analytics.
enum AnalyticsRouteDocuments {
    private static let object: JSONValue = ["type": "object"]
    private static let owner = ("owner", "Whose rows, for administrators; everybody's when it is not given.")
    private static let range = [
        ("days", "The last days up to today, 1 to 400."), ("from", "A day or a time, instead."), ("to", "Its end, not included."),
        owner,
    ]
    private static let page = [("before", "The next of the page before."), ("limit", "How many at most.")]
    private static let days = [range[0], owner]

    static let all = collecting + asking + taking

    private static let collecting = [
        RouteDocument(
            "POST /api/metrics", "Records measurements: one, or an array of up to 500, all of them or none.", tag: "analytics",
            headers: [("Idempotency-Key", "Makes a repeat of the request safe for a week; so does an event's own id.")],
            body: ("application/json", oneOrMany("metric-event")), answers: [("200", "How many were new.", receipt)]),
        RouteDocument(
            "POST /api/runs", "Records that runs have begun or ended, likewise.", tag: "analytics",
            headers: [("Idempotency-Key", "Makes a repeat of the request safe for a week.")],
            body: ("application/json", oneOrMany("run-event")), answers: [("200", "How many were taken.", receipt)]),
        RouteDocument(
            "PUT /api/pipelines/{name}", "Says what a pipeline does now.", tag: "analytics",
            body: (
                "application/json",
                [
                    "type": "object", "additionalProperties": false,
                    "properties": [
                        "status": ["type": "string", "enum": ["idle", "running", "succeeded", "failed", "cancelled"]],
                        "step": ["type": "string"], "progress": ["type": "number", "minimum": 0, "maximum": 1],
                        "pid": ["type": "integer"], "host": ["type": "string"], "run_id": ["type": "string"],
                    ],
                ]
            ), answers: [("200", "Its state.", pipeline)]),
        RouteDocument("DELETE /api/pipelines/{name}", "Forgets a pipeline.", tag: "analytics", answers: [("204", "Gone.", nil)]),
    ]

    private static let asking = [
        RouteDocument(
            "GET /api/metrics/today", "Today's sums (UTC), in all and by script.", tag: "analytics", query: [owner],
            answers: [("200", "The sums.", object)]),
        RouteDocument(
            "GET /api/metrics/{days}", "Series of sums by script and type over the last days.", tag: "analytics",
            query: [
                ("type", "Only this type."), ("script", "Only this script."),
                ("interval", "day, hour (31 days) or minute (2 days)."),
                owner,
            ], answers: [("200", "The series.", object)]),
        RouteDocument(
            "GET /api/metrics/rows", "Single measurements, newest first.", tag: "analytics",
            query: [("type", "Only this type; may be repeated."), ("script", "Only this script.")] + range + page,
            answers: [("200", "One page.", object)]),
        RouteDocument(
            "GET /api/scripts", "What each script has measured.", tag: "analytics",
            query: days + [("limit", "How many at most: those with most errors, then the dearest, then the busiest.")],
            answers: [("200", "Sums by script and type, and the `total` of scripts.", object)]),
        RouteDocument(
            "GET /api/runs", "Runs, the latest first.", tag: "analytics",
            query: [("script", "Only this script."), ("status", "running, succeeded, failed or cancelled.")] + range + page,
            answers: [("200", "One page.", object)]),
        RouteDocument(
            "GET /api/runs/{id}", "A run with its measurements.", tag: "analytics", query: [owner],
            answers: [("200", "The run.", object)]),
        RouteDocument(
            "GET /api/pipeline-status", "What runs, what ran last, today's counts, and whose errors were most.", tag: "analytics",
            query: [owner], answers: [("200", "The status.", object)]),
        RouteDocument(
            "GET /api/api-usage", "Calls of models: tokens, time and cost by model, provider and key.", tag: "analytics",
            query: days, answers: [("200", "The usage.", object)]),
        RouteDocument(
            "GET /api/costs", "Costs, and what the month will have cost at its end.", tag: "analytics",
            query: [("by", "call, video, channel, organisation, model, provider, key, user or script.")] + days + page,
            answers: [("200", "The costs.", object)]),
        RouteDocument(
            "GET /api/kpis",
            "Twenty key figures with their formulas and the change to as long a time before, up to the same time of the day.",
            tag: "analytics",
            query: days, answers: [("200", "The figures.", object)]),
        RouteDocument(
            "GET /api/kpis/{name}/rows", "The measurements that a key figure is made of, newest first.", tag: "analytics",
            query: [("script", "Only this script.")] + range + page, answers: [("200", "One page.", object)]),
        RouteDocument(
            "GET /api/kpis/{name}/scripts", "A key figure of each script alone, the largest first.", tag: "analytics", query: days,
            answers: [("200", "The figure, and `scripts` with their own.", object)]),
        RouteDocument(
            "GET /api/anomalies", "Days of the last eight weeks that do not fit their series.", tag: "analytics",
            query: [("type", "Only this type."), ("script", "Only this script."), owner], answers: [("200", "The days.", object)]),
        RouteDocument(
            "GET /api/quality", "Gaps, likely repeats and impossible values, and what was refused.", tag: "analytics", query: days,
            answers: [("200", "What was found.", object)]),
        RouteDocument(
            "GET /api/pipelines", "What the pipelines do now.", tag: "analytics", query: [owner],
            answers: [
                ("200", "The states.", ["type": "object", "properties": ["pipelines": ["type": "array", "items": pipeline]]])
            ]),
        RouteDocument(
            "GET /api/pipelines/events",
            "The same as server-sent events: every state, `ready`, then every change. A stream ends within a minute, so that a key "
                + "that is revoked sees no more, and when its reader falls behind; ask again.", tag: "analytics",
            query: [owner],
            answers: [
                (
                    "200",
                    "text/event-stream: `state`; `ready`; `removed`, with owner and name; `recorded`, once a second at most, when anything "
                        + "was recorded.", nil
                )
            ]),
    ]

    private static let taking = [
        RouteDocument(
            "GET /api/export/{table}", "A table as CSV: metrics, runs, minutes, hours, days or breakdown.", tag: "analytics",
            query: range, answers: [("200", "text/csv.", nil)]),
        RouteDocument(
            "GET /api/report.pdf", "A report on whole days: key figures, charts by day, scripts, unusual days.", tag: "analytics",
            query: range,
            answers: [("200", "application/pdf.", nil)]),
        RouteDocument(
            "GET /api/people/{name}", "All that is known of a person, as JSON lines; `me` for oneself.", tag: "analytics",
            answers: [("200", "application/jsonl: pipelines, runs and metrics.", nil)]),
        RouteDocument(
            "DELETE /api/people/{name}",
            "Forgets a person: their rows and pipelines, and their name in others'. The alerting is told and forgets them too.",
            tag: "analytics",
            answers: [("200", "How many rows and pipelines.", object)]),
    ]

    private static func oneOrMany(_ name: String) -> JSONValue {
        let reference: JSONValue = ["$ref": .string("#/components/schemas/\(name)")]
        return ["oneOf": [reference, ["type": "array", "items": reference, "maxItems": 500]]]
    }

    private static let pipeline: JSONValue = [
        "type": "object",
        "properties": [
            "name": ["type": "string"], "owner": ["type": "string"],
            "status": ["type": "string", "enum": ["idle", "running", "succeeded", "failed", "cancelled"]],
            "step": ["type": "string"], "progress": ["type": "number", "minimum": 0, "maximum": 1],
            "started": ["type": "string", "format": "date-time"], "pid": ["type": "integer"], "host": ["type": "string"],
            "run_id": ["type": "string"], "updated": ["type": "string", "format": "date-time"],
            "stale": [
                "type": "boolean",
                "description": "It says that it runs and has said nothing for ten minutes: its process may be gone.",
            ],
        ],
    ]

    private static let receipt: JSONValue = [
        "type": "object",
        "properties": [
            "accepted": ["type": "integer"], "duplicates": ["type": "integer"],
            "folded": ["type": "integer", "description": "Of the accepted, under `(other)`: too many names were used."],
        ],
    ]
}
