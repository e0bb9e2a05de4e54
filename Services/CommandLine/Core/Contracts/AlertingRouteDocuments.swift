import Primitives

/// The routes of the alerting.
enum AlertingRouteDocuments {
    private static let object: JSONValue = ["type": "object"]
    private static let list: JSONValue = ["type": "array", "items": ["type": "object"]]
    private static let text: JSONValue = ["type": "string"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]
    private static let texts: JSONValue = ["type": "object", "additionalProperties": ["type": "string"]]
    private static let filter = ("filter", "A matcher such as severity=\"critical\"; may be repeated.")

    static let all = alerts + silences + receivers + heartbeats + alertmanager

    private static let alert: JSONValue = [
        "type": "object",
        "properties": [
            "fingerprint": text, "name": text, "severity": text,
            "state": ["type": "string", "enum": ["pending", "firing", "resolved"]],
            "status": [
                "type": "string", "enum": ["pending", "firing", "silenced", "inhibited", "acknowledged", "resolved"],
                "description": "Its state, or why nobody is told of it though it fires.",
            ],
            "source": ["type": "string", "enum": ["rule", "heartbeat", "api"]], "labels": texts, "annotations": texts,
            "value": ["type": ["number", "null"]], "started": time, "fired": ["type": ["string", "null"]],
            "ended": ["type": ["string", "null"]], "updated": time, "silenced_by": ["type": "array", "items": text],
            "silences": [
                "type": "array",
                "items": [
                    "type": "object", "properties": ["id": text, "endsAt": time, "createdBy": text, "comment": text],
                ],
            ],
            "inhibited": ["type": "boolean"], "receivers": ["type": "array", "items": text],
            "acknowledgement": [
                "type": ["object", "null"],
                "properties": [
                    "by": text, "subject": ["type": ["string", "null"]], "owner": ["type": ["string", "null"]], "time": time,
                    "note": ["type": ["string", "null"]],
                ],
            ],
        ],
    ]

    private static let alerts = [
        RouteDocument(
            "GET /api/alerts", "Alerts, the latest first; where some are asked for, the worst first.", tag: "alerting",
            query: [
                ("state", "firing, pending, resolved, several with commas, or all; firing and pending when not given."), filter,
                ("limit", "How many at most, 1 to 1000: the worst of them."),
                ("unhandled", "true: only what wants somebody, firing and neither silenced, inhibited nor acknowledged."),
            ],
            answers: [
                (
                    "200", "The alerts, and how many there are in all; `counts` tells how many stand how, also of those left out.",
                    [
                        "type": "object",
                        "properties": [
                            "alerts": ["type": "array", "items": alert], "total": ["type": "integer"],
                            "counts": ["type": "object", "additionalProperties": ["type": "integer"]],
                        ],
                    ]
                )
            ]),
        RouteDocument(
            "GET /api/alerts/events",
            "Server-sent events: `alert` for each that is now, `ready`, then `alert` for every change, the end included. A stream "
                + "ends within a minute, so that a key that is revoked sees no more, and when its reader falls behind; ask again.",
            tag: "alerting", answers: [("200", "The events.", nil)]),
        RouteDocument(
            "GET /api/alerts/{fingerprint}", "One alert.", tag: "alerting", answers: [("200", "The alert.", alert)]),
        RouteDocument(
            "POST /api/alerts/{fingerprint}/acknowledge", "Says that somebody cares: it is neither repeated nor escalated.",
            tag: "alerting",
            body: (
                "application/json", ["type": "object", "properties": ["note": text, "by": text], "additionalProperties": false]
            ),
            answers: [("200", "The alert.", alert)]),
        RouteDocument(
            "DELETE /api/alerts/{fingerprint}/acknowledge", "Says that nobody cares any more.", tag: "alerting",
            answers: [("200", "The alert.", alert)]),
        RouteDocument(
            "GET /api/alerts/rules", "The rules with their states, and what is wrong with the file, by line.", tag: "alerting",
            answers: [
                (
                    "200", "`rules`, and `file` with `is_current` and `problems`.",
                    ["type": "object", "properties": ["rules": ["type": "array", "items": rule], "file": object]]
                )
            ]),
    ]

    private static let selector: [String: JSONValue] = [
        "metric": text,
        "where": ["type": "array", "items": text, "description": "Matchers on the labels of what is measured."],
    ]
    private static let rule: JSONValue = .object([
        "type": "object",
        "properties": .object(
            selector.merging([
                "name": text, "line": ["type": "integer"],
                "kind": ["type": "string", "enum": ["threshold", "absence", "change", "ratio"]],
                "function": ["type": ["string", "null"], "description": "sum, avg, min, max, count, p50, p90, p95 or p99."],
                "all": [
                    "type": ["object", "null"], "properties": .object(selector),
                    "description": "Of a ratio: what its metric is held against.",
                ],
                "minimum": ["type": ["number", "null"], "description": "Of a ratio: from how much of `all` on it counts."],
                "comparison": ["enum": ["above", "at_least", "below", "at_most", .null]], "limit": ["type": ["number", "null"]],
                "window": text, "for": text, "by": ["type": "array", "items": text], "labels": texts,
                "state": ["type": "string", "enum": ["inactive", "pending", "firing"]], "alerts": ["type": "integer"],
                "groups": ["type": "integer"], "turned_away": ["type": "integer"],
            ]) { own, _ in own }),
    ])

    private static let silence: JSONValue = [
        "type": "object", "required": ["matchers"],
        "properties": [
            "id": text,
            "matchers": [
                "type": "array",
                "items": [
                    "oneOf": [
                        text,
                        [
                            "type": "object", "required": ["name", "value"],
                            "properties": [
                                "name": text, "value": text, "isRegex": ["type": "boolean"], "isEqual": ["type": "boolean"],
                            ],
                        ],
                    ]
                ],
            ],
            "startsAt": time, "endsAt": time, "duration": ["type": "string", "description": "Such as 2h, instead of endsAt."],
            "createdBy": text, "comment": text,
            "subject": ["type": ["string", "null"], "description": "The key or person that made it; not for callers to set."],
            "owner": ["type": ["string", "null"], "description": "Whose key it is."],
        ],
    ]

    private static let silences = [
        RouteDocument(
            "GET /api/alerts/silences", "Silences: coming, in force and lately ended.", tag: "alerting",
            answers: [("200", "The silences.", object)]),
        RouteDocument(
            "POST /api/alerts/silences", "Makes a silence, which must end; with an id it replaces that one.", tag: "alerting",
            body: ("application/json", silence), answers: [("201", "The silence.", silence)]),
        RouteDocument(
            "DELETE /api/alerts/silences/{id}", "Ends a silence now.", tag: "alerting", answers: [("204", "Ended.", nil)]),
    ]

    private static let receivers = [
        RouteDocument(
            "GET /api/alerts/receivers", "Who is told, and through which channels; without secrets.", tag: "alerting",
            answers: [("200", "The receivers.", object)]),
        RouteDocument(
            "POST /api/alerts/receivers/{name}/test", "Sends a test message through every channel.", tag: "alerting",
            answers: [("202", "The deliveries, to be looked after.", object)]),
        RouteDocument(
            "GET /api/alerts/deliveries", "Messages, the latest first: waiting, delivered or dead.", tag: "alerting",
            query: [
                ("state", "waiting, delivered or dead."), ("limit", "1 to 500; 50."), ("before", "The next of the page before."),
            ], answers: [("200", "One page, with counts by state; `given_up`: dead within a day, without tests.", object)]),
        RouteDocument(
            "GET /api/alerts/deliveries/{id}", "One message.", tag: "alerting", answers: [("200", "The delivery.", object)]),
        RouteDocument(
            "POST /api/alerts/deliveries/{id}/resend", "Lets a dead message be tried again.", tag: "alerting",
            answers: [("202", "The delivery.", object)]),
        RouteDocument(
            "GET /api/alerts/export/{table}", "alerts.csv or deliveries.csv: all that is known, the latest first.", tag: "alerting",
            answers: [("200", "text/csv.", nil)]),
    ]

    private static let span: JSONValue = ["type": ["number", "string"], "description": "Seconds, or a text such as 5m."]
    private static let heartbeats = [
        RouteDocument(
            "GET /api/heartbeats", "Pipelines that say again and again that they live.", tag: "alerting",
            answers: [("200", "The heartbeats.", object)]),
        RouteDocument(
            "PUT /api/heartbeats/{name}", "Makes a heartbeat or changes it; that is a beat too.", tag: "alerting",
            body: (
                "application/json",
                [
                    "type": "object", "required": ["period"], "additionalProperties": false,
                    "properties": ["period": span, "grace": span, "severity": text],
                ]
            ), answers: [("200", "The heartbeat.", object)]),
        RouteDocument("POST /api/heartbeats/{name}", "A beat.", tag: "alerting", answers: [("200", "The heartbeat.", object)]),
        RouteDocument(
            "DELETE /api/heartbeats/{name}", "Forgets a heartbeat.", tag: "alerting", answers: [("204", "Gone.", nil)]),
    ]

    private static let alertmanager = [
        RouteDocument(
            "GET /api/v2/status", "As Alertmanager's API v2 has it, for amtool and Grafana.", tag: "alertmanager",
            answers: [("200", "The status.", object)]),
        RouteDocument(
            "GET /api/v2/receivers", "Receivers.", tag: "alertmanager", answers: [("200", "The receivers.", list)]),
        RouteDocument(
            "GET /api/v2/alerts", "Alerts that fire.", tag: "alertmanager",
            query: [
                filter, ("active", "false leaves out those that are told."), ("silenced", "false leaves out the silenced."),
                ("inhibited", "false leaves out the inhibited."), ("receiver", "A pattern that a receiver must fit."),
            ], answers: [("200", "The alerts.", list)]),
        RouteDocument(
            "POST /api/v2/alerts", "Takes alerts of other programs, such as Prometheus.", tag: "alertmanager",
            body: ("application/json", list), answers: [("200", "Taken.", nil)]),
        RouteDocument(
            "GET /api/v2/alerts/groups", "Alerts as they are told.", tag: "alertmanager", answers: [("200", "The groups.", list)]),
        RouteDocument(
            "GET /api/v2/silences", "Silences.", tag: "alertmanager", query: [filter], answers: [("200", "The silences.", list)]),
        RouteDocument(
            "POST /api/v2/silences", "Makes or replaces a silence.", tag: "alertmanager", body: ("application/json", silence),
            answers: [("200", "Its id.", object)]),
        RouteDocument(
            "GET /api/v2/silence/{id}", "One silence.", tag: "alertmanager", answers: [("200", "The silence.", silence)]),
        RouteDocument("DELETE /api/v2/silence/{id}", "Ends it now.", tag: "alertmanager", answers: [("200", "Ended.", nil)]),
    ]
}
