package import Primitives

/// A wish to run an operation, as it is asked for over NATS. What `POST /audio/normalize` says by its path and headers is in it.
package struct JobRequest: Sendable, Hashable, Codable {
    /// For example `audio.normalize`.
    package var operation: String
    /// The gateway's identifiers of files, or URLs; none when left out.
    package var inputs: [String]?
    /// The defaults when left out.
    package var parameters: JSONValue?
    /// Makes asking again safe.
    package var idempotencyKey: String?

    package init(operation: String, inputs: [String]? = nil, parameters: JSONValue? = nil, idempotencyKey: String? = nil) {
        (self.operation, self.inputs, self.parameters, self.idempotencyKey) = (operation, inputs, parameters, idempotencyKey)
    }

    enum CodingKeys: String, CodingKey {
        case operation, inputs, parameters
        case idempotencyKey = "idempotency_key"
    }
}

/// A question for a job, over NATS.
package struct JobQuestion: Sendable, Hashable, Codable {
    package var id: String

    package init(id: String) {
        self.id = id
    }
}
