package import Primitives

/// Something that happened, to be sent to an owner's endpoints.
package struct WebhookEvent: Sendable {
    /// Bytes of a payload at most; Standard Webhooks 1.0 recommends less than 20 kB.
    package static let maximumSize = 64 << 10

    /// The same identifier is sent once only, however often it is published.
    package var id: String
    package var owner: String
    /// For example `job.finished`.
    package var type: String
    package var time: Timestamp
    package var data: JSONValue

    package init(id: String = Identifier.make("msg"), owner: String, type: String, time: Timestamp = .now(), data: JSONValue) {
        (self.id, self.owner, self.type, self.time, self.data) = (id, owner, type, time, data)
    }

    /// The event with nothing but what it happened to; who wants to know more asks for that.
    var withoutDetails: WebhookEvent {
        var event = self
        event.data = ["id": data["id"] ?? .null, "state": data["state"] ?? .null, "truncated": true]
        return event
    }

    /// The body: `type`, `timestamp` and `data` (Standard Webhooks 1.0, "Payload structure").
    /// - Throws: `WebhookError`: `.typeInvalid`, `.payloadTooLarge`.
    func payload() throws(WebhookError) -> Bytes {
        try WebhookEndpoint.check(type: type, allowsStar: false)
        let document: JSONValue = ["type": .string(type), "timestamp": .string(time.iso8601), "data": data]
        let bytes = document.serialized()
        guard bytes.count <= Self.maximumSize else { throw .payloadTooLarge(limit: Self.maximumSize) }
        return bytes
    }
}
