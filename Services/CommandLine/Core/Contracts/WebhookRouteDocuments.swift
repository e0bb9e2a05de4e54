import Primitives

/// The gateway's routes about webhooks.
enum WebhookRouteDocuments {
    private typealias Body = AccountRouteDocuments
    private static let object: JSONValue = ["type": "object"]
    private static let types: JSONValue = [
        "type": "array", "items": Body.text, "maxItems": 100,
        "description":
            "file.created, file.deleted, job.finished, job.failed, job.cancelled, budget.threshold, or job.* for all of a kind.",
    ]
    private static let seconds: JSONValue = ["type": "integer", "minimum": 0, "maximum": 2_592_000, "x-unit": "s"]

    static let all = [
        RouteDocument(
            "POST /webhooks", "Sends events to a URL, signed as Standard Webhooks; the answer holds the secret, this once.",
            tag: "webhooks", body: Body.json(["url": Body.text, "types": types], required: "url"),
            answers: [("201", "The webhook with its secret.", object)]),
        RouteDocument("GET /webhooks", "The owner's webhooks.", tag: "webhooks", answers: [("200", "They.", object)]),
        RouteDocument("GET /webhooks/{id}", "A webhook.", tag: "webhooks", answers: [("200", "The webhook.", object)]),
        RouteDocument(
            "PATCH /webhooks/{id}", "Pauses a webhook, or lets one go on that was paused or has stopped: what waited is sent.",
            tag: "webhooks",
            body: Body.json(["enabled": ["type": "boolean"]]), answers: [("200", "The webhook.", object)]),
        RouteDocument("DELETE /webhooks/{id}", "Ends a webhook.", tag: "webhooks", answers: [("204", "Ended.", nil)]),
        RouteDocument(
            "POST /webhooks/{id}/rotate", "Gives it a new secret; for a while, both sign.", tag: "webhooks",
            body: Body.json(["overlap_seconds": seconds]), answers: [("200", "The webhook with its new secret.", object)]),
        RouteDocument(
            "POST /webhooks/{id}/test", "Sends a webhook.test.", tag: "webhooks", answers: [("202", "The message.", object)]),
        RouteDocument(
            "GET /webhooks/{id}/deliveries", "What was and will be sent, newest first.", tag: "webhooks",
            query: [
                ("state", "waiting, delivered or failed."), ("before", "The next of the page before."), ("limit", "1 to 500."),
            ], answers: [("200", "One page.", object)]),
        RouteDocument(
            "GET /webhooks/{id}/deliveries/{message}", "What was tried for a message.", tag: "webhooks",
            answers: [("200", "The attempts.", object)]),
        RouteDocument(
            "POST /webhooks/{id}/deliveries/{message}/replay", "Sends a message again.", tag: "webhooks",
            answers: [("202", "It will be sent.", nil)]),
        RouteDocument(
            "POST /webhooks/{id}/replay", "Sends again what failed since a time, with all that waits.", tag: "webhooks",
            body: Body.json(["since": ["type": "string", "format": "date-time"]], required: "since"),
            answers: [("202", "How many messages.", object)]),
    ]
}
