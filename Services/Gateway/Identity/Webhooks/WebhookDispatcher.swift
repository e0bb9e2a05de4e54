import HTTP
import Persistence
package import Primitives

/// What is sent to an endpoint: a POST.
package struct WebhookRequest: Sendable {
    package let url: String
    package let headers: [(name: String, value: String)]
    package let body: Bytes
}

/// What an endpoint answered.
package struct WebhookAnswer: Sendable, Hashable {
    package var status: Int
    /// The wait that `Retry-After` asks for.
    package var retryAfter: Duration?

    package init(status: Int, retryAfter: Duration? = nil) {
        (self.status, self.retryAfter) = (status, retryAfter)
    }
}

/// Sends what waits in the queues. An attempt whose result could not be written is made again: receivers tell repetitions by
/// `webhook-id`.
package struct WebhookDispatcher: Sendable {
    /// How long an endpoint may take (Standard Webhooks 1.0, "Request timeouts").
    package static let timeout = Duration.seconds(20)
    private static let log = Log("identity.webhooks")
    /// How often the queues are looked at.
    private static let pause = Duration.milliseconds(500)

    private enum Event: Sendable {
        case tick
        case ended(endpoint: String)
    }

    private let webhooks: Webhooks
    private let concurrency: Int
    private let random: @Sendable () -> Double
    private let send: @Sendable (WebhookRequest) async throws -> WebhookAnswer

    /// - Parameters:
    ///   - concurrency: endpoints that are sent to at once.
    ///   - random: 0 to 1, for the jitter.
    ///   - send: makes the request. It follows no redirects, reads no more of the answer than its head, and refuses addresses that
    ///     are not public after it has resolved them.
    package init(
        _ webhooks: Webhooks, concurrency: Int = 16, random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        send: @escaping @Sendable (WebhookRequest) async throws -> WebhookAnswer
    ) {
        (self.webhooks, self.concurrency, self.random, self.send) = (webhooks, max(1, concurrency), random, send)
    }

    /// Sends until the task is cancelled.
    package func run() async throws {
        await withTaskGroup(of: Event.self) { group in
            var busy: Set<String> = []
            group.addTask { await tick() }
            while !Task.isCancelled {
                for delivery in await due(except: busy) {
                    busy.insert(delivery.endpoint.id)
                    group.addTask {
                        await deliver(delivery)
                        return .ended(endpoint: delivery.endpoint.id)
                    }
                }
                switch await group.next() {
                case .ended(let endpoint): busy.remove(endpoint)
                case .tick, nil: group.addTask { await tick() }
                }
            }
            group.cancelAll()
        }
        throw CancellationError()
    }

    /// Makes one attempt for each endpoint that something is due for, and returns when all have ended.
    /// - Returns: how many attempts.
    package func deliverOnce() async -> Int {
        await withTaskGroup(of: Void.self) { group in
            let all = await due(except: [])
            for delivery in all { group.addTask { await deliver(delivery) } }
            return all.count
        }
    }

    private func due(except busy: Set<String>) async -> [DueDelivery] {
        let room = concurrency - busy.count
        guard room > 0 else { return [] }
        let now = webhooks.clock()
        do {
            return try await webhooks.database.read { try DueDelivery.all(now: now, except: busy, limit: room, on: $0) }
        } catch {
            if !(error is CancellationError) { Self.log.warning("the queue can not be read", ["error": .string("\(error)")]) }
            return []
        }
    }

    private func tick() async -> Event {
        // Cancelled, it ends early, and so does whoever waits for it.
        try? await Task.sleep(for: Self.pause)
        return .tick
    }

    private func deliver(_ delivery: DueDelivery) async {
        let began = webhooks.clock()
        var result = AttemptResult()
        do {
            let request = WebhookRequest(
                url: delivery.endpoint.url,
                headers: WebhookSignature.headers(
                    id: delivery.message, time: began, payload: delivery.payload, secrets: webhooks.secrets(of: delivery.endpoint))
                    + [("content-type", "application/json")],
                body: delivery.payload)
            let send = send
            result.answer = try await withDeadline(Self.timeout) { try await send(request) }
        } catch {
            // An attempt that this side broke off says nothing about the receiver.
            guard !Task.isCancelled else { return }
            result.failure = (error as? any CodedError)?.code ?? "failed"
        }
        await record(result, of: delivery, began: began)
    }

    private func record(_ result: AttemptResult, of delivery: DueDelivery, began: Timestamp) async {
        let now = webhooks.clock()
        let wait = webhooks.schedule.wait(
            after: delivery.attempts + 1, retryAfter: result.answer?.retryAfter, random: random())
        do {
            try await webhooks.database.write { try result.record(delivery, began: began, now: now, wait: wait, on: $0) }
        } catch {
            Self.log.warning(
                "an attempt can not be written down", ["message": .string(delivery.message), "error": .string("\(error)")])
            // Else the same would be sent again at once, and again.
            try? await Task.sleep(for: .seconds(5))
        }
    }
}
