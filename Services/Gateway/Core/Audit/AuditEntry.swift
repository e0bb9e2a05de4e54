package import Primitives

/// One decision about a call; of a call of a language model also how it ended.
package struct AuditEntry: Sendable, Codable {
    /// Rises with every entry; `nil` before it is written.
    package var sequence: Int64?
    package var time: Timestamp
    /// The identifier of the key, person or hook; empty for strangers.
    package var key: String
    package var owner: String
    package var method: String
    package var path: String
    /// `allowed`, `scope-missing`, `rate-limited`, or the code of why a credential, login or registration was refused; of a
    /// language model's call `answered`, `failed`, `cancelled` or why it was not made; of a hook `hook-made`, `hook-rotated`,
    /// `hook-enabled`, `hook-disabled`, `hook-ended`, of a message for it `accepted`, `repeated` or why it was not taken;
    /// `<n> entries lost` where the disk was too far behind or strangers too many.
    package var outcome: String
    package var requestID: String?
    /// The language model that was called.
    package var model: String?
    /// The decision that led to it.
    package var decision: String?
    /// What the call cost, in US dollars.
    package var cost: Double?

    package init(key: String, owner: String, method: String, path: String, outcome: String, requestID: String?) {
        (time, self.key, self.owner, self.method, self.path) = (.now(), key, owner, method, path)
        (self.outcome, self.requestID) = (outcome, requestID)
    }

    enum CodingKeys: String, CodingKey {
        case sequence, time, key, owner, method, path, outcome, model, decision, cost
        case requestID = "request_id"
    }
}
