/// What JetStream tells about a delivery in the subject that it expects the acknowledgement on:
/// `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>`, or with domain and account hash
/// before the stream and possibly more at the end (NATS ADR-15).
struct AckSubject: Sendable, Hashable {
    let deliveries: Int
    let streamSequence: UInt64
    let consumerSequence: UInt64
    /// When the stream took the message in, nanoseconds since 1970.
    let storedAt: Int64
    /// Messages that wait behind this one.
    let pending: UInt64

    /// - Returns: `nil` when the subject is not one of these.
    init?(parsing subject: String) {
        guard subject.hasPrefix("$JS.ACK.") else { return nil }
        let tokens = subject.split(separator: ".")
        let first = tokens.count == 9 ? 4 : 6
        guard tokens.count == 9 || tokens.count >= 11, let deliveries = Int(tokens[first]),
            let streamSequence = UInt64(tokens[first + 1]), let consumerSequence = UInt64(tokens[first + 2]),
            let storedAt = Int64(tokens[first + 3]), let pending = UInt64(tokens[first + 4])
        else { return nil }
        (self.deliveries, self.streamSequence, self.consumerSequence) = (deliveries, streamSequence, consumerSequence)
        (self.storedAt, self.pending) = (storedAt, pending)
    }
}
