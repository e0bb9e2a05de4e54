import Primitives

/// The gateway's routes about messages that come in.
enum HookRouteDocuments {
    private typealias Body = AccountRouteDocuments
    private static let object: JSONValue = ["type": "object"]
    private static let secret: JSONValue = [
        "type": "string", "writeOnly": true, "maxLength": 512, "description": "As the sender has it; without, one is made.",
    ]
    private static let event: JSONValue = [
        "type": "string", "maxLength": 100, "pattern": "^[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*$",
        "description": "The end of the subject that messages are published on: avstudio.hook.{id}.{event}.",
    ]
    private static let scheme: JSONValue = [
        "type": "string", "enum": ["standard", "github", "stripe", "slack"], "default": "standard",
        "description": "Standard Webhooks, X-Hub-Signature-256, Stripe-Signature or X-Slack-Signature.",
    ]
    private static let seconds: JSONValue = [
        "type": "integer", "minimum": 0, "maximum": 2_592_000, "default": 86_400, "x-unit": "s",
    ]

    static let all = [
        RouteDocument(
            "POST /hooks", "Lets others send messages in; the answer holds the secret, this once.", tag: "hooks",
            body: Body.json(
                ["name": Body.text, "event": event, "scheme": scheme, "secret": secret], required: "name", "event"),
            answers: [("201", "The hook with its secret.", object)]),
        RouteDocument("GET /hooks", "The owner's hooks.", tag: "hooks", answers: [("200", "They.", object)]),
        RouteDocument("GET /hooks/{id}", "A hook.", tag: "hooks", answers: [("200", "The hook.", object)]),
        RouteDocument(
            "POST /hooks/{id}",
            "Takes a message, up to 48 KiB, and publishes it once. No key: the signature tells who it is from.", tag: "hooks",
            headers: [
                ("webhook-id", "Of the message, the same when it is sent again."), ("webhook-timestamp", "Seconds since 1970."),
                ("webhook-signature", "v1, and Base64; several with spaces between them."),
                ("X-Hub-Signature-256", "For the scheme github."), ("Stripe-Signature", "For the scheme stripe."),
                ("X-Slack-Signature", "For the scheme slack."),
            ],
            body: ("application/json", [:]),
            answers: [("202", "It is on disk and will be published, or was already.", object)],
            refusals: [
                ("401", "It is not signed as it should be."), ("404", "There is no such hook."), ("410", "The hook takes nothing."),
                ("413", "It is too long."), ("429", "Too many."), ("503", "Too many wait to be published."),
            ]),
        RouteDocument(
            "PATCH /hooks/{id}", "Lets a hook take messages, or no more.", tag: "hooks",
            body: Body.json(["enabled": ["type": "boolean"]]), answers: [("200", "The hook.", object)]),
        RouteDocument("DELETE /hooks/{id}", "Ends a hook.", tag: "hooks", answers: [("204", "Ended.", nil)]),
        RouteDocument(
            "POST /hooks/{id}/rotate", "Gives it a new secret; for a while, both are good.", tag: "hooks",
            body: Body.json(["secret": secret, "overlap_seconds": seconds]),
            answers: [("200", "The hook with its new secret.", object)]),
        RouteDocument(
            "GET /hooks/{id}/deliveries", "What came in during the last week, and what became of it, newest first.", tag: "hooks",
            query: [("before", "The next of the page before."), ("limit", "1 to 500.")],
            answers: [("200", "One page.", object)]),
    ]
}
