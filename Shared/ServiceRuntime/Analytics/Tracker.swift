import Contracts
package import Messaging
import Persistence
import Primitives
import Synchronization

/// Sends measurements to the analytics.
///
/// ```swift
/// let tracker = Tracker("upload.py", bus: bus)
/// tracker.track("videos_processed")
/// ```
///
/// They go out together, up to 500 or after 200 ms, and again under the same identifier until the stream has them, so that they
/// count once; `run()` does it. With `ENABLE_ANALYTICS=false` nothing is sent.
package final class Tracker: Sendable {
    private static let log = Log("tracker")
    private static let batch = MetricEvent.mostInMessage
    private static let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(100), cap: .seconds(10))
    private let script: String
    private let bus: MessageBus
    private let isEnabled: Bool
    private let events: BatchQueue<MetricEvent>
    private let lost = Atomic<Int>(0)

    /// - Parameters:
    ///   - script: what measures.
    ///   - capacity: events that may wait; more are dropped and counted.
    package init(_ script: String, bus: MessageBus, isEnabled: Bool = Analytics.isEnabled, capacity: Int = 65_536) {
        (self.script, self.bus, self.isEnabled) = (script, bus, isEnabled)
        events = BatchQueue(capacity: capacity, batch: Self.batch, interval: .milliseconds(200))
    }

    /// Events that found no room, or came after the end.
    package var lostCount: Int { lost.load(ordering: .relaxed) }

    /// Takes a measurement; never waits.
    /// - Parameters:
    ///   - type: for example `videos_processed`.
    ///   - labels: `channel`, `video`, `model`, … are summed up by value.
    package func track(
        _ type: String, _ value: Double = 1, owner: String? = nil, run: String? = nil, labels: [String: String] = [:]
    ) {
        guard isEnabled else { return }
        let event = MetricEvent(
            run: run, script: script, type: type, value: value, time: .now(), owner: owner, labels: labels.isEmpty ? nil : labels)
        if (try? events.offer(event)) != true { lost.wrappingAdd(1, ordering: .relaxed) }
    }

    /// Runs a worker's function and measures it: `run_seconds` and `runs`, and `runs_succeeded` or `errors` with the kind of error.
    /// - Throws: what the function throws.
    package func timed<T>(owner: String? = nil, labels: [String: String] = [:], _ body: () async throws -> T) async rethrows -> T {
        let start = ContinuousClock.now
        func ended(_ type: String, _ more: [String: String] = [:]) {
            track("run_seconds", (ContinuousClock.now - start).seconds, owner: owner, labels: labels)
            track("runs", owner: owner, labels: labels)
            track(type, owner: owner, labels: labels.merging(more) { $1 })
        }
        do {
            let value = try await body()
            ended("runs_succeeded")
            return value
        } catch {
            ended("errors", ["error_type": (error as? any CodedError)?.code ?? "\(Swift.type(of: error))"])
            throw error
        }
    }

    /// Sends what is tracked until the task is cancelled, or all is sent after `finish`.
    package func run() async throws {
        while let batch = try await events.next() {
            var rest = batch[...]
            while !rest.isEmpty { try await send(MetricEvent.message(of: &rest)) }
        }
    }

    /// Takes nothing more.
    package func finish() { events.finish() }

    private func send(_ payload: Bytes) async throws {
        let id = Identifier.make("met")
        var attempt = 1
        while true {
            do {
                _ = try await bus.publishDurable(Subjects.metric, payload, messageID: id)
                return
            } catch MessagingError.payloadTooLarge {
                return Self.log.error("measurements do not fit into a message", ["bytes": JSONValue(payload.count)])
            } catch {
                try Task.checkCancellation()
                attempt += 1
                Self.log.debug("measurements wait", ["error": .string("\(error)")])
                try await Task.sleep(for: Self.policy.delay(beforeAttempt: attempt))
            }
        }
    }
}
