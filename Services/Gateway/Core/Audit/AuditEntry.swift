package import Primitives

/// One decision about a call; of a call of a language model also how it ended.
package final class AuditEntry: Sendable, Encodable {
    /// Rises with every entry; `nil` before it is written.
    package let sequence: Int64?
    package let time: Timestamp
    /// The identifier of the key, person or hook; empty for strangers.
    package let key: String
    package let owner: String
    package let method: String
    package let path: String
    /// `allowed`, `scope-missing`, `rate-limited`, or the code of why a credential, login or registration was refused; of a
    /// language model's call `answered`, `failed`, `cancelled` or why it was not made; of a hook `hook-made`, `hook-rotated`,
    /// `hook-enabled`, `hook-disabled`, `hook-ended`, of a message for it `accepted`, `repeated` or why it was not taken;
    /// `<n> entries lost` where the disk was too far behind or strangers too many.
    package let outcome: String
    package let requestID: String?
    /// The language model that was called.
    package let model: String?
    /// The decision that led to it.
    package let decision: String?
    /// What the call cost, in US dollars.
    package let cost: Double?

    package init(
        sequence: Int64? = nil, time: Timestamp = .now(), key: String, owner: String, method: String, path: String, outcome: String,
        requestID: String?, model: String? = nil, decision: String? = nil, cost: Double? = nil
    ) {
        (self.sequence, self.time, self.key, self.owner, self.method, self.path) = (sequence, time, key, owner, method, path)
        (self.outcome, self.requestID, self.model, self.decision, self.cost) = (outcome, requestID, model, decision, cost)
    }

    enum CodingKeys: String, CodingKey {
        case sequence, time, key, owner, method, path, outcome, model, decision, cost
        case requestID = "request_id"
    }
}
