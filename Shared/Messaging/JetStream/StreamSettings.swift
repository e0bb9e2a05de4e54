package import Primitives

/// A stream: what it takes in and how long it keeps it.
package struct StreamSettings: Sendable, Hashable {
    package enum Retention: String, Sendable {
        /// Until a limit removes it.
        case limits
        /// Until one consumer acknowledges it.
        case workQueue = "workqueue"
        /// Until all consumers have acknowledged it.
        case interest
    }

    package var name: String
    package var subjects: [String]
    package var retention: Retention
    /// `nil` for no limit but the store's.
    package var maximumBytes: ByteSize?
    /// `nil` for ever.
    package var maximumAge: Duration?
    /// Refuse new messages when full, cleanly; otherwise the oldest go.
    package var discardNew: Bool
    /// How long message identifiers are remembered.
    package var duplicateWindow: Duration

    package init(
        name: String, subjects: [String], retention: Retention, maximumBytes: ByteSize? = nil, maximumAge: Duration? = nil,
        discardNew: Bool = true, duplicateWindow: Duration = .minutes(2)
    ) {
        (self.name, self.subjects, self.retention) = (name, subjects, retention)
        (self.maximumBytes, self.maximumAge) = (maximumBytes, maximumAge)
        (self.discardNew, self.duplicateWindow) = (discardNew, duplicateWindow)
    }

    var document: [String: JSONValue] {
        [
            "name": .string(name), "subjects": .array(subjects.map(JSONValue.string)), "retention": .string(retention.rawValue),
            "max_bytes": .integer(maximumBytes?.bytes ?? -1), "max_age": .integer(maximumAge?.nanoseconds ?? 0),
            "max_msgs": -1, "max_consumers": -1, "max_msg_size": -1, "num_replicas": 1, "storage": "file",
            "discard": discardNew ? "new" : "old", "duplicate_window": .integer(duplicateWindow.nanoseconds),
        ]
    }
}

/// How much a stream holds.
package struct StreamUsage: Sendable, Hashable {
    package let messages: UInt64
    package let bytes: UInt64
    package let firstSequence: UInt64
    package let lastSequence: UInt64
    /// When the stream was made, as the server writes it: one that is made anew counts from one again.
    package let created: String
}

extension MessageBus {
    /// `stream name already in use with a different configuration` (nats-server, server/errors.json).
    private static let streamNameInUse = 10058

    /// Makes a stream, or brings it to these settings.
    /// - Throws: `jetStream` when it can not be changed so, `storageFull`, `permissionDenied`, …
    package func ensureStream(_ settings: StreamSettings) async throws(MessagingError) {
        try await ensureStream(settings.name, settings.document)
    }

    func ensureStream(_ name: String, _ document: [String: JSONValue]) async throws(MessagingError) {
        guard Subject.isName(name) else { throw .invalidSubject(name) }
        do {
            _ = try await jetStream("STREAM.CREATE.\(name)", .object(document))
        } catch .jetStream(code: Self.streamNameInUse, reason: _) {
            _ = try await jetStream("STREAM.UPDATE.\(name)", .object(document))
        }
    }

    /// How much a stream holds now.
    /// - Throws: `notFound`, …
    package func streamUsage(_ name: String) async throws(MessagingError) -> StreamUsage {
        guard Subject.isName(name) else { throw .invalidSubject(name) }
        let info = try await jetStream("STREAM.INFO.\(name)")
        let state = info["state"]
        func number(_ key: String) -> UInt64 { UInt64(clamping: state?[key]?.integerValue ?? 0) }
        return StreamUsage(
            messages: number("messages"), bytes: number("bytes"), firstSequence: number("first_seq"),
            lastSequence: number("last_seq"), created: info["created"]?.stringValue ?? "")
    }
}
