package import Primitives

/// Where others may send messages to, and what becomes of them.
package struct Hook: Sendable, Hashable {
    package let id: String
    package let owner: String
    package let name: String
    /// What its messages are called in the studio: the end of the subject that they are published on.
    package let event: String
    package let scheme: HookScheme
    /// Of the secret.
    let version: Int
    /// The secrets that came from the sender, sealed; `nil` for those that are derived.
    let given: Bytes?
    let previousGiven: Bytes?
    /// Until when the secret before is good too.
    package let previousUntil: Timestamp?
    package let created: Timestamp
    package let isEnabled: Bool

    /// The hook as the API shows it.
    package var document: JSONValue {
        [
            "id": .string(id), "name": .string(name), "event": .string(event), "scheme": .string(scheme.rawValue),
            "path": .string("/hooks/\(id)"), "enabled": .bool(isEnabled), "created": .string(created.iso8601),
            "previous_secret_until": JSONValue(previousUntil?.iso8601),
        ]
    }
}

/// A message that came in at a hook, and what became of it.
package struct HookDelivery: Sendable, Hashable {
    package let sequence: Int64
    package let time: Timestamp
    /// `waiting` until it is published, then `published`; `refused` by the message server; else why it was not taken: a code of
    /// `SignatureError`, `HookError` or `rate-limited`.
    package let outcome: String
    /// The sender's identifier; of messages whose signature was wrong it is not looked at.
    package let message: String?
    package let kind: String?
    /// Bytes.
    package let size: Int
    /// How often it came again.
    package let repeats: Int

    /// The delivery as the API shows it.
    package var document: JSONValue {
        [
            "sequence": .integer(sequence), "time": .string(time.iso8601), "outcome": .string(outcome),
            "message": JSONValue(message), "kind": JSONValue(kind), "size": JSONValue(size), "repeats": JSONValue(repeats),
        ]
    }
}
