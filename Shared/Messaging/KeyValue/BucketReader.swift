import Primitives

/// Reads a bucket in order through a consumer of its own, which it makes again whenever something was lost on the way
/// (the ordered consumer of NATS ADR-17, by pulling).
///
/// One task uses it at a time.
actor BucketReader {
    /// The server forgets a consumer that nobody asks for so long.
    private static let inactiveThreshold = Duration.seconds(60)
    private static let batch = 256
    private static let pullWait = Duration.seconds(20)
    private static let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(100), cap: .seconds(5))

    private let bucket: KeyValueBucket
    private let pattern: String
    private let headersOnly: Bool
    private var consumer: String?
    private var held = Deque<KeyValueEntry>()
    /// The consumer's and the stream's sequence of the last message read.
    private var lastDelivery: UInt64 = 0
    private var lastRevision: UInt64 = 0
    /// Messages that still wait behind the last one read.
    private var waitingBehind: UInt64 = 0

    init(bucket: KeyValueBucket, pattern: String, headersOnly: Bool = false) {
        (self.bucket, self.pattern, self.headersOnly) = (bucket, pattern, headersOnly)
    }

    /// The next entry, waiting for a change when there is none.
    /// - Throws: `cancelled`, `closed`, `permissionDenied`, `notFound`: what trying again does not mend.
    func next() async throws(MessagingError) -> KeyValueEntry {
        var failures = 1
        while true {
            if let entry = held.popFirst() { return entry }
            do {
                if consumer == nil { try await begin() }
                try await fill(wait: Self.pullWait)
                failures = 1
            } catch {
                guard error.isRetriable && error != .cancelled else { throw error }
                consumer = nil
                failures += 1
                do { try await Task.sleep(for: Self.policy.delay(beforeAttempt: failures)) } catch { throw .cancelled }
            }
        }
    }

    /// The next entry that is in the bucket already.
    /// - Returns: `nil` after the last.
    /// - Throws: `timeout` when the server has more and does not give it; `disconnected`, …
    func nextStored() async throws(MessagingError) -> KeyValueEntry? {
        while true {
            if let entry = held.popFirst() { return entry }
            if consumer == nil { try await begin() } else if waitingBehind == 0 { return nil }
            guard waitingBehind > 0 else { continue }
            try await fill(wait: bucket.bus.configuration.requestTimeout)
            if held.isEmpty && consumer != nil { throw .timeout(subject: pattern) }
        }
    }

    /// Lets the server forget the consumer.
    func end() async {
        guard let consumer else { return }
        self.consumer = nil
        // It would be forgotten later anyhow.
        _ = try? await bucket.bus.jetStream("CONSUMER.DELETE.\(bucket.settings.stream).\(consumer)")
    }

    private func begin() async throws(MessagingError) {
        let name = Identifier.make("reader")
        let filter = "$KV.\(bucket.settings.name).\(pattern)"
        var config: [String: JSONValue] = [
            "name": .string(name), "ack_policy": "none", "max_deliver": 1, "mem_storage": true, "num_replicas": 1,
            "inactive_threshold": .integer(Self.inactiveThreshold.nanoseconds), "filter_subject": .string(filter),
            "replay_policy": "instant", "headers_only": .bool(headersOnly),
        ]
        if lastRevision == 0 {
            config["deliver_policy"] = "last_per_subject"
        } else {
            config["deliver_policy"] = "by_start_sequence"
            config["opt_start_seq"] = .integer(Int64(clamping: lastRevision + 1))
        }
        waitingBehind = try await bucket.bus.ensureConsumer(
            bucket.settings.stream, name: name, filters: [filter], .object(config))
        (consumer, lastDelivery) = (name, 0)
    }

    private func fill(wait: Duration) async throws(MessagingError) {
        guard let consumer else { return }
        let messages = try await bucket.bus.pull(
            stream: bucket.settings.stream, consumer: consumer, maximum: Self.batch, wait: wait)
        for message in messages {
            guard let reply = message.reply, let delivery = AckSubject(parsing: reply),
                delivery.consumerSequence == lastDelivery + 1
            else {
                // Something was lost on the way: read on from the last one seen, through a new consumer.
                self.consumer = nil
                return
            }
            (lastDelivery, lastRevision) = (delivery.consumerSequence, delivery.streamSequence)
            waitingBehind = delivery.pending
            if let entry = KeyValueEntry(
                subject: message.subject, bucket: bucket.settings.name, message: message, revision: delivery.streamSequence)
            {
                held.append(entry)
            }
        }
    }
}
