import Primitives

/// What the gateway tells of messages that come in.
enum HookMessageDocuments {
    static let all = [
        MessageDocument(
            "hook-received", eventType: HookReceived.type, subject: Subjects.hook("{hook}", event: "{event}"),
            "A message has come in at a hook, signed as it should be. Its body is payload, to the letter, when it is JSON; else text or base64.",
            properties: [
                "hook": ["type": "string", "pattern": "^hook_[0-9a-z]{26}$"], "owner": SchemaPieces.text,
                "event": SchemaPieces.text,
                "scheme": ["type": "string", "enum": ["standard", "github", "stripe", "slack"]],
                "message": ["type": "string", "minLength": 1, "maxLength": 256], "kind": SchemaPieces.text,
                "content_type": SchemaPieces.text, "payload": SchemaPieces.anything, "text": SchemaPieces.text,
                "base64": ["type": "string", "contentEncoding": "base64"],
            ],
            optional: ["kind", "content_type", "payload", "text", "base64"],
            example: example)
    ]

    private static var example: HookReceived {
        var received = HookReceived(
            hook: "hook_01kaj6x3v5m8q2r4t6w8y0a2c4", owner: "ann", event: "orders.paid", scheme: "standard",
            message: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", kind: "order.paid", contentType: "application/json")
        received.payload = ["type": "order.paid", "data": ["id": "1001"]]
        return received
    }
}
