package import Primitives

/// A worker asks whether to begin an order.
package struct JobBegin: Codable, Sendable {
    package var id: String
    package var worker: String

    package init(id: String, worker: String) {
        (self.id, self.worker) = (id, worker)
    }
}

/// The owner's answer to `JobBegin`. It is kept nowhere on its way.
package struct JobBeginReply: Codable, Sendable {
    /// The attempt's number; `nil` when the job has already ended and the order is to be dropped.
    package var attempt: Int?
    /// What the order has sealed among its parameters, by name; `nil` when there is nothing.
    package var secrets: [String: JSONValue]?
}

/// The owner's answer to a `JobOutcome`.
package struct JobFinishReply: Codable, Sendable {
    /// Set when the job shall be tried again after this many seconds.
    package var retryAfterSeconds: Double?
}

/// Everyone who runs this job shall stop.
package struct JobCancel: Codable, Sendable {
    package var id: String
}
