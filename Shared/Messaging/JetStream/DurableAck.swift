package import Primitives

/// A stream's word that it has a message.
package struct DurableAck: Sendable, Hashable {
    package let stream: String
    package let sequence: UInt64
    /// The stream had a message with this identifier already; nothing was added.
    package let isDuplicate: Bool
}

extension MessageBus {
    /// Publishes into a stream and waits until it is stored; with `sync_interval: always` that survives a power loss.
    ///
    /// Any number may wait at once: the server writes them together. After `timeout` or `disconnected` the message may or may not
    /// be stored; publishing it again with the same identifier is safe within the stream's duplicate window.
    /// - Parameter messageID: makes a repeated publication harmless.
    /// - Throws: `storageFull`; `noResponders` when no stream takes the subject; what `request` throws.
    package func publishDurable(
        _ subject: String, _ payload: Bytes, messageID: String, headers: [String: String] = [:], timeout: Duration = .seconds(5)
    ) async throws(MessagingError) -> DurableAck {
        try Subject.checkPublishable(subject)
        var headers = traced(headers)
        headers["Nats-Msg-Id"] = messageID
        return try await store(OutgoingMessage(subject: subject, headers: headers, payload: payload), timeout: timeout)
    }

    /// Publishes into a stream and waits for its word.
    func store(_ message: OutgoingMessage, timeout: Duration? = nil) async throws(MessagingError) -> DurableAck {
        let answer = try await exchange(message, timeout: timeout)
        let acknowledgement: Acknowledgement
        do {
            acknowledgement = try JSON.decode(Acknowledgement.self, from: answer.payload)
        } catch {
            throw .malformedReply(subject: message.subject, reason: error.message)
        }
        if let error = acknowledgement.error {
            throw MessagingError(jetStreamCode: error.detailedCode ?? error.code ?? 0, reason: error.description ?? "not stored")
        }
        guard let stream = acknowledgement.stream, let sequence = acknowledgement.seq else {
            throw .malformedReply(subject: message.subject, reason: "no stream acknowledged the message")
        }
        return DurableAck(stream: stream, sequence: sequence, isDuplicate: acknowledgement.duplicate ?? false)
    }

    /// As JetStream writes it.
    private struct Acknowledgement: Decodable {
        struct Failure: Decodable {
            enum CodingKeys: String, CodingKey {
                case code, description
                case detailedCode = "err_code"
            }

            let code: Int?
            let detailedCode: Int?
            let description: String?
        }

        let stream: String?
        let seq: UInt64?
        let duplicate: Bool?
        let error: Failure?
    }
}
