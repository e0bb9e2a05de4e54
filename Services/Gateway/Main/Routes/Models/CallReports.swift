import Contracts
import GatewayCore
import Messaging
import ModelProtocols
import ModelRouting
import Primitives
import ServiceRuntime
import Synchronization

/// Tells the rest of the studio of every call: a message for the analytics, a line in the audit log and the gateway's own counters.
/// What was said is in none of them, but in the messages of calls whose key has that logged.
final class CallReports: Sendable {
    private static let interval = Duration.milliseconds(100)
    /// When a message goes out without waiting for more calls: it stays under 64 KiB.
    private static let (callsTogether, bytesTogether) = (32, 32 << 10)
    private let bus: MessageBus
    private let audit: AuditLog
    private let capacity: Int
    private let waiting = Mutex<[EndedCall]>([])
    private let outcomes: [CallRecord.Outcome: Counter]
    private let cacheHits: Counter
    private let inputTokens: Counter
    private let outputTokens: Counter
    private let lost: Counter
    private let seconds: Histogram
    private let firstToken: Histogram

    /// - Parameter capacity: calls that may wait for the next round of messages.
    init(bus: MessageBus, audit: AuditLog, metrics: MetricsRegistry, capacity: Int = 65_536) {
        (self.bus, self.audit, self.capacity) = (bus, audit, capacity)
        outcomes = Dictionary(
            uniqueKeysWithValues: CallRecord.Outcome.allCases.map { outcome in
                let counter = metrics.counter(
                    "gateway_model_calls_total", help: "Calls of models that have ended.", labels: [("outcome", outcome.rawValue)])
                return (outcome, counter)
            })
        cacheHits = metrics.counter("gateway_model_cache_hits_total", help: "Calls that were answered from the cache.")
        inputTokens = metrics.counter("gateway_model_input_tokens_total", help: "Tokens of prompts.")
        outputTokens = metrics.counter("gateway_model_output_tokens_total", help: "Tokens of answers.")
        lost = metrics.counter("gateway_model_reports_lost_total", help: "Messages of calls that could not be sent.")
        seconds = metrics.histogram("gateway_model_call_seconds", help: "From a call to the end of its answer.")
        firstToken = metrics.histogram("gateway_model_first_token_seconds", help: "From sending a call to its first token.")
    }

    /// Takes a call that has ended; never waits.
    func report(_ ended: EndedCall) {
        let call = ended.record
        audit.record(
            AuditEntry(
                key: call.key, owner: call.owner, method: "CALL", path: call.provider + "/" + call.model,
                outcome: call.outcome.rawValue, requestID: call.requestID, model: call.model, decision: call.decision,
                cost: call.cost.dollars))
        outcomes[call.outcome]?.increment()
        if call.isCacheHit { cacheHits.increment() }
        inputTokens.increment(by: call.usage.input)
        outputTokens.increment(by: call.usage.output)
        seconds.observe(call.seconds)
        if let first = call.firstTokenSeconds { firstToken.observe(first) }
        guard Analytics.isEnabled else { return }
        let isTaken = waiting.withLock { waiting in
            guard waiting.count < capacity else { return false }
            waiting.append(ended)
            return true
        }
        if !isTaken { lost.increment() }
    }

    /// Sends messages until the task is cancelled. Many at once: waking the connection's threads for each would cost more than the
    /// rest of a call.
    func run() async throws {
        while true {
            try await Task.sleep(for: Self.interval)
            flush()
        }
    }

    /// Sends what waits: one call by itself, several as an array. A message costs the bus, its disk and those who take it about as
    /// much with many calls as with one.
    func flush() {
        var (json, count) = (JSONBuilder(), 0)
        for call in waiting.withLock({ $0.takeAll() }) {
            // What was said may fill a message alone.
            if call.content != nil { send(&json, &count) }
            if count == 0 { json.frame("[") }
            Self.write(call, to: &json)
            count += 1
            if count == Self.callsTogether || json.bytes.count > Self.bytesTogether || call.content != nil { send(&json, &count) }
        }
        send(&json, &count)
    }

    private func send(_ json: inout JSONBuilder, _ count: inout Int) {
        guard count > 0 else { return }
        if count > 1 { json.frame("]") }
        let message = count > 1 ? json.bytes : Bytes(json.bytes.dropFirst())
        do { try bus.publish(Subjects.metric, message) } catch { lost.increment(by: count) }
        (json, count) = (JSONBuilder(capacity: message.count), 0)
    }

    /// A `ModelCallMetric`, written without the detours of `Codable`: one for every call.
    private static func write(_ ended: EndedCall, to json: inout JSONBuilder) {
        let call = ended.record
        json.object { json in
            json.member("name", ModelCallMetric.name)
            json.member("time", call.time.iso8601)
            json.member("gen_ai.request.model", call.model)
            json.member("gen_ai.provider.name", call.provider)
            json.member("gen_ai.usage.input_tokens", call.usage.input)
            json.member("gen_ai.usage.output_tokens", call.usage.output)
            json.member("cached_tokens", call.usage.cachedRead)
            json.member("reasoning_tokens", call.usage.reasoning)
            json.member("cost_dollars", call.cost.dollars)
            json.member("saved_by_cache_dollars", call.savedByCache.dollars)
            json.member("saved_by_routing_dollars", call.savedByRouting.dollars)
            json.member("gen_ai.client.operation.duration", call.seconds)
            json.member("gen_ai.server.time_to_first_token", ifPresent: call.firstTokenSeconds)
            json.member("outcome", call.outcome.rawValue)
            json.member("cache_hit", call.isCacheHit)
            json.member("fallbacks", call.fallbacks)
            json.member("key", call.key)
            json.member("user", ifPresent: call.user)
            json.member("organisation", ifPresent: call.organisation)
            json.member("session", ifPresent: call.session)
            json.member("decision", ifPresent: call.decision)
            json.member("video", ifPresent: ended.labels.video)
            json.member("channel", ifPresent: ended.labels.channel)
            json.member("prompt", ifPresent: ended.content?.prompt)
            json.member("answer", ifPresent: ended.content?.answer)
        }
    }
}

extension Array {
    /// Leaves nothing.
    fileprivate mutating func takeAll() -> [Element] {
        defer { self = [] }
        return self
    }
}
