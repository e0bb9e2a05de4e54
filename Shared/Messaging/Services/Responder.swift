package import Primitives
import Synchronization

/// Answers requests with a bounded number of handlers at once.
package final class Responder: Sendable {
    package typealias Handler = @Sendable (Message) async throws -> Bytes

    /// What is answered on a subject.
    struct Endpoint: Sendable {
        let subject: String
        let queue: String?
        let handler: Handler
    }

    private static let log = Log("messaging.responder")
    private let bus: MessageBus
    private let endpoints: [Endpoint]
    private let concurrency: Int
    private let counts = Mutex(EndpointStatistics())

    init(bus: MessageBus, endpoints: [Endpoint], concurrency: Int) {
        (self.bus, self.endpoints, self.concurrency) = (bus, endpoints, max(1, concurrency))
    }

    package var statistics: EndpointStatistics { counts.withLock { $0 } }

    /// Answers until the task is cancelled, or the bus drains and what has arrived is answered.
    /// - Throws: `permissionDenied`, `closed`, when the connection is given up.
    package func run() async throws(MessagingError) {
        bus.drainGate.enter()
        defer { bus.drainGate.leave() }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for endpoint in endpoints {
                    // As many again may wait as are in work; more are the server's to spread over the queue's other members.
                    let subscription = try await bus.subscribe(
                        endpoint.subject, queue: endpoint.queue, capacity: max(1024, concurrency * 2))
                    group.addTask { try await self.answer(subscription, endpoint.handler) }
                }
                try await group.waitForAll()
            }
        } catch let error as MessagingError where error != .cancelled {
            throw error
        } catch {
            // Cancelled: the end that was asked for.
        }
    }

    private func answer(_ subscription: Subscription, _ handler: @escaping Handler) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            for try await message in subscription {
                if running == concurrency {
                    try await group.next()
                    running -= 1
                }
                group.addTask { await self.answer(message, handler) }
                running += 1
            }
            try await group.waitForAll()
        }
    }

    private func answer(_ message: Message, _ handler: Handler) async {
        let begin = MonotonicTime.now()
        let trace = message.headers["traceparent"].flatMap(TraceContext.init(traceparent:))?.child()
        await TraceContext.$current.withValue(trace) {
            var (payload, headers, failure): (Bytes, [String: String], (any Error)?) = ([], [:], nil)
            do {
                payload = try await handler(message)
            } catch {
                failure = error
                (payload, headers) = ServiceFailure.encode(error)
                if !(error is any CodedError || error is CancellationError) {
                    Self.log.error("a handler failed", ["subject": .string(message.subject), "error": .string("\(error)")])
                }
            }
            record(since: begin, failure)
            reply(to: message, payload, headers)
        }
    }

    private func reply(to message: Message, _ payload: Bytes, _ headers: [String: String]) {
        guard let subject = message.reply else { return }
        do {
            try bus.publish(subject, payload, headers: headers)
        } catch {
            Self.log.warning("an answer was not sent", ["subject": .string(message.subject), "error": .string("\(error)")])
            guard case .payloadTooLarge = error else { return }
            let (payload, headers) = ServiceFailure.encode(error)
            // Small enough now; what else could fail has been told above.
            try? bus.publish(subject, payload, headers: headers)
        }
    }

    private func record(since begin: MonotonicTime, _ failure: (any Error)?) {
        let spent = Duration.nanoseconds(MonotonicTime.now().nanoseconds - begin.nanoseconds)
        counts.withLock { counts in
            counts.requests += 1
            counts.processingTime += spent
            guard let failure else { return }
            counts.errors += 1
            counts.lastError = "\(failure)"
        }
    }
}

extension MessageBus {
    /// Answers the requests of a subject.
    /// - Parameters:
    ///   - queue: every request goes to one of those who serve the subject with the same queue.
    ///   - concurrency: handlers at once.
    ///   - handler: its return value is the answer; an error is told as `{"error": {"code", "message", "retriable"}}`.
    ///     It runs in the trace of the request.
    package func serve(
        _ subject: String, queue: String, concurrency: Int, _ handler: @escaping @Sendable (Message) async throws -> Bytes
    ) -> Responder {
        Responder(bus: self, endpoints: [.init(subject: subject, queue: queue, handler: handler)], concurrency: concurrency)
    }
}
