package import Primitives

/// Sends what waits in the queue: channels beside each other, through one channel one message after the other, those about the same
/// group in their order. What fails is tried again with exponential backoff and full jitter, until it is delivered, refused for good
/// or too old. A receiver that asks to be left alone for a while gets nothing through that channel until then.
package struct Deliverer: Sendable {
    private static let log = Log("alerting.delivery")
    private static let pause = Duration.milliseconds(500)
    private static let concurrency = 16

    private enum Event: Sendable {
        case tick
        case ended(line: String)
    }

    private let center: AlertCenter
    private let queue: DeliveryQueue
    private let policy: RetryPolicy
    private let send: @Sendable (SendOrder) async -> SendResult

    /// - Parameter send: makes one attempt, within a time of its own.
    package init(
        _ center: AlertCenter, _ queue: DeliveryQueue,
        policy: RetryPolicy = RetryPolicy(maximumAttempts: .max, base: .seconds(1), cap: .minutes(10)),
        send: @escaping @Sendable (SendOrder) async -> SendResult
    ) {
        (self.center, self.queue, self.policy, self.send) = (center, queue, policy, send)
    }

    /// Sends until the task is cancelled.
    package func run() async throws {
        await withTaskGroup(of: Event.self) { group in
            var busy: Set<String> = []
            group.addTask { await tick() }
            while !Task.isCancelled {
                for delivery in await due(except: busy) {
                    busy.insert(delivery.line)
                    group.addTask {
                        await deliver(delivery)
                        return .ended(line: delivery.line)
                    }
                }
                switch await group.next() {
                case .ended(let line): busy.remove(line)
                case .tick, nil: group.addTask { await tick() }
                }
            }
            group.cancelAll()
        }
        throw CancellationError()
    }

    /// Waits until something was ordered, or for a while.
    private func tick() async -> Event {
        _ = try? await withDeadline(Self.pause) { try await center.ordered.next() }
        return .tick
    }

    private func due(except busy: Set<String>) async -> [Delivery] {
        guard busy.count < Self.concurrency else { return [] }
        do {
            return try await queue.due(now: .now(), except: busy, limit: Self.concurrency - busy.count)
        } catch {
            if !(error is CancellationError) { Self.log.warning("the queue can not be read", ["error": .string("\(error)")]) }
            return []
        }
    }

    private func deliver(_ delivery: Delivery) async {
        do {
            try await attempt(delivery)
        } catch {
            guard !Task.isCancelled else { return }
            Self.log.warning(
                "an attempt can not be written down", ["delivery": .string(delivery.id), "error": .string("\(error)")])
            // Else the same would be sent again at once, and again.
            try? await Task.sleep(for: .seconds(5))
        }
    }

    private func attempt(_ delivery: Delivery) async throws {
        var delivery = delivery
        let (channel, mail) = await center.channel(of: delivery)
        let reference = try await queue.reference(delivery)
        // A mail that some have got already began the thread itself.
        let earlier = reference == delivery.id ? nil : reference
        let result: SendResult =
            if let channel {
                await send(SendOrder(delivery: delivery, channel: channel, mail: mail, reference: earlier))
            } else { .failed("the file of alerts has no such receiver any more", isFinal: true) }
        // A failed attempt that this side broke off says nothing about the receiver; one that got through is never made again.
        if case .failed = result { try Task.checkCancellation() }
        delivery.attempts += 1
        switch result {
        case .delivered(let sent, let remark):
            (delivery.state, delivery.next, delivery.ended) = (.delivered, nil, .now())
            (delivery.failure, delivery.progress) = (remark, nil)
            if let remark {
                Self.log.warning(
                    "some have refused a message", ["delivery": .string(delivery.id), "reason": .string(remark)])
            }
            try await queue.save(delivery, reference: reference == nil ? sent : nil)
            if delivery.notification.state == .resolved { try await queue.endThread(delivery) }
        case .partly(let progress, let reason):
            delivery.progress = progress
            let hold = putOff(&delivery, reason)
            try await queue.save(delivery, reference: reference == nil ? delivery.id : nil, hold: hold)
        case .failed(let reason, let retryAfter, let isFinal):
            let hold = putOff(&delivery, reason, retryAfter, isFinal: isFinal)
            try await queue.save(delivery, reference: nil, hold: hold)
        }
    }

    /// Lets a delivery wait for its next attempt, or gives it up.
    /// - Returns: until when its channel is held.
    private func putOff(
        _ delivery: inout Delivery, _ reason: String, _ retryAfter: Duration? = nil, isFinal: Bool = false
    ) -> Timestamp? {
        let now = Timestamp.now()
        let hold = retryAfter.map { now.advanced(by: min($0, DeliveryQueue.longestWait)) }
        let next = max(now.advanced(by: policy.delay(beforeAttempt: delivery.attempts + 1)), hold ?? now)
        delivery.failure = reason
        if isFinal || next > delivery.expires {
            (delivery.state, delivery.next, delivery.ended) = (.dead, nil, now)
            Self.log.error(
                "a message could not be delivered",
                ["delivery": .string(delivery.id), "receiver": .string(delivery.receiver), "reason": .string(reason)])
        } else {
            delivery.next = next
        }
        return hold
    }
}

extension AlertCenter {
    /// The channel that a delivery goes through, as the file has it now; `nil` when it has another there or none.
    func channel(of delivery: Delivery) -> (Channel?, MailSettings?) {
        let channels = file.receivers.first { $0.name == delivery.receiver }?.channels ?? []
        guard channels.indices.contains(delivery.channel), channels[delivery.channel].kind == delivery.kind else {
            return (nil, file.mail)
        }
        return (channels[delivery.channel], file.mail)
    }
}
