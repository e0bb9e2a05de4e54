package import Primitives

/// A key-value bucket.
package struct BucketSettings: Sendable, Hashable {
    /// Letters, digits, `-` and `_`.
    package var name: String
    /// Revisions kept of every key, 1 to 64.
    package var history: Int
    /// `nil` for no limit but the store's.
    package var maximumBytes: ByteSize?
    /// How long a value lives; `nil` for ever.
    package var timeToLive: Duration?

    package init(name: String, history: Int = 1, maximumBytes: ByteSize? = nil, timeToLive: Duration? = nil) {
        (self.name, self.history, self.maximumBytes, self.timeToLive) = (name, history, maximumBytes, timeToLive)
    }

    var stream: String { "KV_\(name)" }

    /// The stream behind a bucket (NATS ADR-8).
    var document: [String: JSONValue] {
        let settings = StreamSettings(
            name: stream, subjects: ["$KV.\(name).>"], retention: .limits, maximumBytes: maximumBytes, maximumAge: timeToLive,
            duplicateWindow: min(timeToLive ?? .minutes(2), .minutes(2)))
        let more: [String: JSONValue] = [
            "max_msgs_per_subject": JSONValue(min(max(1, history), 64)), "allow_rollup_hdrs": true, "deny_delete": true,
            "deny_purge": false, "allow_direct": true,
        ]
        return settings.document.merging(more) { _, new in new }
    }
}
