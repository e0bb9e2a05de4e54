import Primitives

/// A durable consumer: who takes what from a stream, and what happens when they do not finish.
package struct ConsumerSettings: Sendable, Hashable {
    /// Shared by all who take from the same queue.
    package var durableName: String
    /// What it takes, none of them within another; none for everything in the stream.
    package var filterSubjects: [String]
    /// How long a message stays with one who shows no sign of life.
    package var ackWait: Duration
    /// Deliveries of one message in all; -1 for any number. One that has had them stays in the stream, undelivered.
    package var maxDeliver: Int
    /// Messages out at once, with all who take from the queue.
    package var maxAckPending: Int
    /// The server forgets a consumer that nobody takes from for so long; `nil` for never.
    package var inactiveThreshold: Duration?

    package init(
        durableName: String, filterSubjects: [String] = [], ackWait: Duration = .seconds(30), maxDeliver: Int = -1,
        maxAckPending: Int = 1000, inactiveThreshold: Duration? = nil
    ) {
        (self.durableName, self.filterSubjects, self.ackWait) = (durableName, filterSubjects, ackWait)
        (self.maxDeliver, self.maxAckPending) = (maxDeliver, maxAckPending)
        self.inactiveThreshold = inactiveThreshold
    }

    var document: JSONValue {
        var config: [String: JSONValue] = [
            "name": .string(durableName), "durable_name": .string(durableName), "ack_policy": "explicit",
            "ack_wait": .integer(ackWait.nanoseconds), "max_deliver": JSONValue(maxDeliver),
            "max_ack_pending": JSONValue(maxAckPending), "deliver_policy": "all", "replay_policy": "instant",
        ]
        if let inactiveThreshold { config["inactive_threshold"] = .integer(inactiveThreshold.nanoseconds) }
        if filterSubjects.count == 1 { config["filter_subject"] = .string(filterSubjects[0]) }
        if filterSubjects.count > 1 { config["filter_subjects"] = .array(filterSubjects.map(JSONValue.string)) }
        return .object(config)
    }
}

extension MessageBus {
    /// Makes a consumer, or brings it to these settings.
    func ensureConsumer(_ stream: String, _ settings: ConsumerSettings) async throws(MessagingError) {
        try await ensureConsumer(stream, name: settings.durableName, filters: settings.filterSubjects, settings.document)
    }

    /// - Returns: how many messages wait for the consumer.
    @discardableResult
    func ensureConsumer(
        _ stream: String, name: String, filters: [String], _ config: JSONValue
    ) async throws(MessagingError) -> UInt64 {
        guard Subject.isName(stream) else { throw .invalidSubject(stream) }
        guard Subject.isName(name) else { throw .invalidSubject(name) }
        for filter in filters { try Subject.checkSubscribable(filter) }
        // A single filter stands in the subject so that permissions can be given by it (nats-server 2.9, NATS ADR-31).
        let call = "CONSUMER.CREATE.\(stream).\(name)" + (filters.count == 1 ? ".\(filters[0])" : "")
        let info = try await jetStream(call, ["stream_name": .string(stream), "config": config, "action": ""])
        return UInt64(clamping: info["num_pending"]?.integerValue ?? 0)
    }
}
