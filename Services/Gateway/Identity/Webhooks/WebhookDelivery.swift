package import Primitives

/// One message on its way to one endpoint.
package struct WebhookDelivery: Sendable, Hashable {
    /// How far a delivery is.
    package enum State: String, Sendable {
        case waiting
        case delivered
        /// Every attempt failed, or the endpoint is gone; it can be replayed.
        case failed
    }

    package let message: String
    package let endpoint: String
    package let type: String
    package let created: Timestamp
    package let state: State
    /// Since it was published or replayed last.
    package let attempts: Int
    /// When the next attempt is due, while it waits.
    package let next: Timestamp?

    /// The delivery as the API shows it.
    package var document: JSONValue {
        [
            "message": .string(message), "endpoint": .string(endpoint), "type": .string(type), "created": .string(created.iso8601),
            "state": .string(state.rawValue), "attempts": .integer(Int64(attempts)), "next": JSONValue(next?.iso8601),
        ]
    }
}

/// One try to deliver.
package struct WebhookAttempt: Sendable, Hashable {
    package let time: Timestamp
    /// The answer; `nil` when there was none.
    package let status: Int?
    /// Why there was no answer.
    package let failure: String?
    package let duration: Duration

    /// The attempt as the API shows it.
    package var document: JSONValue {
        [
            "time": .string(time.iso8601), "status": JSONValue(status), "failure": JSONValue(failure),
            "duration_ms": .integer(duration.milliseconds),
        ]
    }
}
