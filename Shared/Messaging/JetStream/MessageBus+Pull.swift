import Primitives

extension MessageBus {
    /// What the server's own end of a pull request may come late.
    private static let pullGrace = Duration.seconds(2)

    /// Takes messages from a consumer: those that are there, else the first that comes.
    ///
    /// The request is a message and so are its answers (NATS ADR-13): nothing but this task waits. When the task is cancelled, what
    /// is on its way is given back.
    /// - Parameters:
    ///   - maximum: at least 1.
    ///   - wait: how long to wait when there is nothing; zero for not at all.
    /// - Returns: none when nothing came.
    func pull(stream: String, consumer: String, maximum: Int, wait: Duration) async throws(MessagingError) -> [Message] {
        guard !drainGate.isDraining else { throw .ended }
        let subject = "$JS.API.CONSUMER.MSG.NEXT.\(stream).\(consumer)"
        let token = inbox.makeToken()
        let receiver = PullReceiver(maximum: maximum, subject: subject) { [outbound] message in
            guard let reply = message.reply else { return }
            // When it can not be said now, the acknowledgement's time runs out and the message comes again.
            try? outbound.publish(OutgoingMessage(subject: reply, payload: WorkItem.Word.retry.bytes))
        }
        inbox.register(token, subject: subject, deadline: .after(wait + Self.pullGrace), receiver: receiver)
        do {
            let request = OutgoingMessage(
                subject: subject, reply: inbox.subject(for: token), payload: Self.pullRequest(maximum: max(1, maximum), wait: wait))
            try outbound.publish(request) { [inbox] in inbox.fail(token, with: $0) }
        } catch {
            inbox.fail(token, with: error)
        }
        let outcome = await withTaskCancellationHandler {
            await receiver.wait()
        } onCancel: {
            receiver.abandon()
        }
        return try outcome.get()
    }

    /// With `no_wait` the request ends with what is there; with `expires` beside it, it first waits for something to be there.
    private static func pullRequest(maximum: Int, wait: Duration) -> Bytes {
        // The server takes no shorter expiry than a millisecond.
        let expires = wait > .zero ? ",\"expires\":\(max(wait.nanoseconds, 1_000_000))" : ""
        return Bytes("{\"batch\":\(maximum),\"no_wait\":true\(expires)}".utf8)
    }
}
