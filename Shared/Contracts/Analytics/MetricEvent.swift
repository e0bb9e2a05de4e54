package import Primitives

/// One measurement for the analytics: a script, a type and a value at a moment. It travels on `Subjects.metric` without an
/// envelope, alone or in an array of at most 500, so that a line of shell can send it; `POST /api/metrics` takes the same document.
package struct MetricEvent: Codable, Sendable, Hashable {
    /// Counted once, however often it comes; without one, every arrival counts.
    package var id: String?
    /// The run it belongs to, as its owner named it.
    package var run: String?
    /// What measures: a script, a pipeline, an operation.
    package var script: String
    /// What is measured, for example `videos_processed` or `processing_seconds`.
    package var type: String
    package var value: Double
    /// When it was measured; when it arrives, if not given.
    package var time: Timestamp?
    /// Whose it is; over HTTP the sender's own unless an administrator says otherwise.
    package var owner: String?
    /// Further words: `channel`, `video`, `model`, `provider`, `key`, `user`, `error_type` are summed up by value.
    package var labels: [String: String]?

    package init(
        id: String? = nil, run: String? = nil, script: String, type: String, value: Double, time: Timestamp? = nil,
        owner: String? = nil, labels: [String: String]? = nil
    ) {
        (self.id, self.run, self.script, self.type, self.value) = (id, run, script, type, value)
        (self.time, self.owner, self.labels) = (time, owner, labels)
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case id, value, owner, labels
        case run = "run_id"
        case script = "script_name"
        case type = "metric_type"
        case time = "timestamp"
    }
}

extension MetricEvent {
    /// Events in a message at most.
    package static let mostInMessage = 500
    /// Bytes of a message at most; the server takes twice as much.
    private static let messageSize = 60 << 10

    /// Takes the first events away, as many as a message holds.
    /// - Returns: the message, an array of them; one event goes out however long it is.
    package static func message(of events: inout ArraySlice<MetricEvent>) -> Bytes {
        var payload = Bytes("[".utf8)
        var count = 0
        while count < mostInMessage, let event = events.first {
            let bytes = event.document.serialized()
            guard count == 0 || payload.count + bytes.count < messageSize else { break }
            if count > 0 { payload.append(UInt8(ascii: ",")) }
            payload += bytes
            events.removeFirst()
            count += 1
        }
        payload.append(UInt8(ascii: "]"))
        return payload
    }

    /// As it is sent.
    private var document: JSONValue {
        var members: [String: JSONValue] = [
            CodingKeys.script.rawValue: .string(script), CodingKeys.type.rawValue: .string(type),
            CodingKeys.value.rawValue: .number(value),
        ]
        if let id { members[CodingKeys.id.rawValue] = .string(id) }
        if let run { members[CodingKeys.run.rawValue] = .string(run) }
        if let time { members[CodingKeys.time.rawValue] = .string(time.iso8601) }
        if let owner { members[CodingKeys.owner.rawValue] = .string(owner) }
        if let labels { members[CodingKeys.labels.rawValue] = .object(labels.mapValues(JSONValue.string)) }
        return .object(members)
    }
}
