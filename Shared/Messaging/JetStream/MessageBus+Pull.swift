import Primitives

extension MessageBus {
    /// What the server's own end of a pull request may come late.
    private static let pullGrace = Duration.seconds(2)
    /// The server gives what it has at once; when it then says nothing for so long, what has come is not held back any more.
    private static let pullLinger = Duration.milliseconds(100)
    /// Between requests that the server ends before their time, as it does when too much is out unacknowledged.
    private static let pullPause = (least: Duration.milliseconds(10), most: Duration.milliseconds(250))

    /// Takes messages from a consumer: those that are there, else the first that comes.
    ///
    /// The request is a message and so are its answers (NATS ADR-13): nothing but this task waits. When the task is cancelled, what
    /// is on its way is given back at once, so that another gets it without waiting for the acknowledgement's time to run out.
    /// - Parameters:
    ///   - maximum: at least 1.
    ///   - wait: how long to wait when there is nothing; zero for not at all.
    /// - Returns: none when nothing came.
    func pull(stream: String, consumer: String, maximum: Int, wait: Duration) async throws(MessagingError) -> [Message] {
        let subject = "$JS.API.CONSUMER.MSG.NEXT.\(stream).\(consumer)"
        let deadline = MonotonicTime.after(wait)
        var (left, pause) = (max(wait, .zero), Self.pullPause.least)
        while true {
            let messages = try await pullOnce(subject, maximum: max(1, maximum), wait: left)
            left = .nanoseconds(deadline.nanoseconds - MonotonicTime.now().nanoseconds)
            guard messages.isEmpty && left > Self.pullPause.least else { return messages }
            do { try await Task.sleep(for: min(pause, left)) } catch { throw .cancelled }
            left = .nanoseconds(deadline.nanoseconds - MonotonicTime.now().nanoseconds)
            pause = min(pause * 2, Self.pullPause.most)
        }
    }

    private func pullOnce(_ subject: String, maximum: Int, wait: Duration) async throws(MessagingError) -> [Message] {
        guard !drainGate.isDraining else { throw .ended }
        // The common inbox watches the deadline and hears of refusals and of a lost connection.
        let (inbox, token) = (inbox, inbox.makeToken())
        let receiver = PullReceiver(maximum: maximum, subject: subject) { inbox.setDeadline(token, .after(Self.pullLinger)) }
        let subscription = pulls.lease()
        let pullInbox = subscription.inbox
        let request = OutgoingMessage(
            subject: subject, reply: pullInbox.begin(receiver), payload: Self.pullRequest(maximum: maximum, wait: wait))
        inbox.register(token, subject: subject, deadline: .after(wait + Self.pullGrace), receiver: receiver)
        do {
            try outbound.publish(request) { inbox.fail(token, with: $0) }
        } catch {
            inbox.fail(token, with: error)
        }
        let outcome = await withTaskCancellationHandler {
            await receiver.wait()
        } onCancel: {
            for message in receiver.abandon() { pullInbox.giveBack(message) }
        }
        inbox.forget(token)
        pullInbox.end()
        if outcome.isEnded || outcome.isLost { pulls.keep(subscription) } else { pulls.retire(subscription) }
        if outcome.messages.isEmpty, let error = outcome.error { throw error }
        return outcome.messages
    }

    /// For several messages: with `no_wait` the request ends with what is there; with `expires` beside it, it first waits for
    /// something to be there.
    private static func pullRequest(maximum: Int, wait: Duration) -> Bytes {
        var fields = ["\"batch\":\(maximum)"]
        if maximum > 1 || wait <= .zero { fields.append("\"no_wait\":true") }
        // The server takes no shorter expiry than a millisecond.
        if wait > .zero { fields.append("\"expires\":\(max(wait.nanoseconds, 1_000_000))") }
        return Bytes("{\(fields.joined(separator: ","))}".utf8)
    }
}
