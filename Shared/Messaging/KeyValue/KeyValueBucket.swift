package import Primitives

/// Small values under names, kept in a stream, with revisions and change notification (NATS ADR-8).
///
/// A key is one or more tokens of letters, digits, `-`, `_`, `/`, `=`, joined by dots.
package struct KeyValueBucket: Sendable {
    let bus: MessageBus
    let settings: BucketSettings

    /// The value of a key.
    /// - Returns: `nil` when there is none or it was deleted.
    package func get(_ key: String) async throws(MessagingError) -> KeyValueEntry? {
        guard let entry = try await last(key), entry.operation == .put else { return nil }
        return entry
    }

    /// Sets a key's value.
    /// - Returns: the new revision.
    @discardableResult
    package func put(_ key: String, _ value: Bytes) async throws(MessagingError) -> UInt64 {
        try await store(key, value)
    }

    /// Sets the value of a key that has none.
    /// - Returns: the new revision.
    /// - Throws: `revisionConflict` when it has one.
    @discardableResult
    package func create(_ key: String, _ value: Bytes) async throws(MessagingError) -> UInt64 {
        do {
            return try await update(key, value, revision: 0)
        } catch {
            // A deleted key has a revision too: build on that.
            guard case .revisionConflict = error, let entry = try await last(key), entry.operation == .delete else { throw error }
            return try await update(key, value, revision: entry.revision)
        }
    }

    /// Sets a key's value if nobody else has since.
    /// - Parameter revision: what the key's revision must be now.
    /// - Returns: the new revision.
    /// - Throws: `revisionConflict`.
    @discardableResult
    package func update(_ key: String, _ value: Bytes, revision: UInt64) async throws(MessagingError) -> UInt64 {
        try await store(key, value, ["Nats-Expected-Last-Subject-Sequence": String(revision)])
    }

    /// Deletes a key; without a value it stays without.
    package func delete(_ key: String) async throws(MessagingError) {
        _ = try await store(key, [], ["KV-Operation": "DEL"])
    }

    /// The keys that have values, sorted.
    package func keys() async throws(MessagingError) -> [String] {
        var keys: Set<String> = []
        let reader = BucketReader(bucket: self, pattern: ">", headersOnly: true)
        while let entry = try await reader.nextStored() {
            if entry.operation == .put { keys.insert(entry.key) } else { keys.remove(entry.key) }
        }
        await reader.end()
        return keys.sorted()
    }

    /// The values of the keys that match, then their changes, deletions included, for as long as it is iterated.
    /// - Parameter pattern: a key, or one with the wildcards `*` and `>`.
    /// - Throws: `invalidSubject`.
    package func watch(_ pattern: String = ">") throws(MessagingError) -> KeyValueWatch {
        try Subject.checkSubscribable(pattern)
        return KeyValueWatch(bucket: self, pattern: pattern)
    }

    private func store(_ key: String, _ value: Bytes, _ headers: [String: String] = [:]) async throws(MessagingError) -> UInt64 {
        let subject = try subject(of: key)
        return try await bus.store(OutgoingMessage(subject: subject, headers: headers, payload: value)).sequence
    }

    /// The newest message of a key, straight from the store (NATS ADR-31).
    private func last(_ key: String) async throws(MessagingError) -> KeyValueEntry? {
        let subject = try subject(of: key)
        let answer = try await bus.exchange(OutgoingMessage(subject: "$JS.API.DIRECT.GET.\(settings.stream).\(subject)"))
        if let status = answer.status, status >= 400 {
            if status == 404 { return nil }
            throw .jetStream(code: status, reason: answer.statusText)
        }
        guard let stored = answer.headers["Nats-Subject"], let revision = answer.headers["Nats-Sequence"].flatMap({ UInt64($0) }),
            let entry = KeyValueEntry(subject: stored, bucket: settings.name, message: answer, revision: revision)
        else { throw .malformedReply(subject: subject, reason: "not a stored value") }
        return entry
    }

    private func subject(of key: String) throws(MessagingError) -> String {
        let allowed: (UInt8) -> Bool = { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || Bytes("-_/=.".utf8).contains(byte)
        }
        guard key.utf8.allSatisfy(allowed) else { throw .invalidSubject(key) }
        try Subject.checkPublishable(key)
        return "$KV.\(settings.name).\(key)"
    }
}

extension MessageBus {
    /// A bucket; makes it, or brings it to these settings.
    package func keyValue(_ settings: BucketSettings) async throws(MessagingError) -> KeyValueBucket {
        guard Subject.isName(settings.name) else { throw .invalidSubject(settings.name) }
        try await ensureStream(settings.stream, settings.document)
        return KeyValueBucket(bus: self, settings: settings)
    }
}
