package import Primitives

/// A key's value at one revision.
package struct KeyValueEntry: Sendable, Hashable {
    package enum Operation: Sendable {
        case put, delete
    }

    package let key: String
    /// Empty for a deletion.
    package let value: Bytes
    /// Grows with every change of the bucket.
    package let revision: UInt64
    package let operation: Operation

    /// Reads a stored message of a bucket.
    /// - Parameter subject: `$KV.<bucket>.<key>`.
    init?(subject: String, bucket: String, message: Message, revision: UInt64) {
        let prefix = "$KV.\(bucket)."
        guard subject.hasPrefix(prefix) else { return nil }
        key = String(subject.dropFirst(prefix.count))
        value = message.payload
        self.revision = revision
        // `DEL` leaves the history, `PURGE` removes it; a limit's marker names its reason instead (NATS ADR-8, ADR-43).
        let isDeletion = message.headers["KV-Operation"] != nil || message.headers["Nats-Marker-Reason"] != nil
        operation = isDeletion ? .delete : .put
    }
}
