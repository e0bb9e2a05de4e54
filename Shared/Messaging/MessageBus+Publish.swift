package import Primitives

extension MessageBus {
    /// Sends a message to whoever listens now; nobody confirms it.
    /// - Parameters:
    ///   - headers: `traceparent` is added when the work runs in a trace.
    ///   - reply: where an answer is expected.
    /// - Throws: `invalidSubject`, `invalidHeader`, `payloadTooLarge`, `outboundFull`, `closed`. What fails later is an event.
    package func publish(
        _ subject: String, _ payload: Bytes, headers: [String: String] = [:], reply: String? = nil
    ) throws(MessagingError) {
        try Subject.checkPublishable(subject)
        if let reply { try Subject.checkPublishable(reply) }
        let message = OutgoingMessage(subject: subject, reply: reply, headers: traced(headers), payload: payload)
        try check(message)
        try outbound.publish(message)
    }

    /// Asks and waits for one answer. Any number of requests may wait at once.
    /// - Parameter timeout: the configured request timeout when `nil`.
    /// - Returns: the first answer.
    /// - Throws: `timeout`, `noResponders`, `permissionDenied`, `disconnected`, `cancelled`; `remote` with the service's own code
    ///   when it answers with an error; what `publish` throws.
    package func request(
        _ subject: String, _ payload: Bytes, headers: [String: String] = [:], timeout: Duration? = nil
    ) async throws(MessagingError) -> Message {
        try Subject.checkPublishable(subject)
        let answer = try await exchange(
            OutgoingMessage(subject: subject, headers: traced(headers), payload: payload), timeout: timeout)
        if let error = ServiceFailure.error(in: answer) { throw error }
        return answer
    }

    /// Sends a message and waits for whatever comes back, except the server's "no responders".
    /// - Parameter message: its subject has been checked; JetStream's own may hold wildcards.
    func exchange(_ message: OutgoingMessage, timeout: Duration? = nil) async throws(MessagingError) -> Message {
        try check(message)
        let token = inbox.makeToken()
        var outgoing = message
        outgoing.reply = inbox.subject(for: token)
        drainGate.enter()
        defer { drainGate.leave() }
        let (inbox, outbound, request) = (inbox, outbound, outgoing)
        let deadline = MonotonicTime.after(timeout ?? configuration.requestTimeout)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                inbox.register(token, subject: request.subject, deadline: deadline, receiver: SingleReply(continuation))
                do throws(MessagingError) {
                    try outbound.publish(request) { inbox.fail(token, with: $0) }
                } catch {
                    inbox.fail(token, with: error)
                }
                if Task.isCancelled { inbox.fail(token, with: .cancelled) }
            }
        } onCancel: {
            inbox.fail(token, with: .cancelled)
        }
        let answer = try result.get()
        // NATS 2.2: an empty message with status 503 says that nobody listens.
        if answer.payload.isEmpty && answer.status == 503 { throw .noResponders(subject: message.subject) }
        return answer
    }

    private func check(_ message: OutgoingMessage) throws(MessagingError) {
        try Subject.checkHeaders(message.headers)
        let limit = monitor.maximumPayload
        guard message.payload.count <= limit else { throw .payloadTooLarge(size: message.payload.count, limit: limit) }
    }

    /// The headers with the trace that the work runs in.
    func traced(_ headers: [String: String]) -> [String: String] {
        guard let trace = TraceContext.current, headers["traceparent"] == nil else { return headers }
        return headers.merging(["traceparent": trace.traceparent]) { own, _ in own }
    }
}
