package import Persistence
import Primitives
import Synchronization

/// Whether a request is within its limit, in the terms of the RateLimit header fields (draft-ietf-httpapi-ratelimit-headers-11).
package struct RateDecision: Sendable, Hashable {
    package let isAllowed: Bool
    package let policy: String
    package let rule: RateRule
    package let remaining: Int
    /// Seconds until the next request is allowed, or until the bucket is full.
    package let resetSeconds: Int

    package var policyHeader: String { "\"\(policy)\";q=\(rule.requests);w=\(Int(rule.windowSeconds))" }
    package var limitHeader: String { "\"\(policy)\";r=\(remaining);t=\(resetSeconds)" }
}

/// Token buckets by key and endpoint class, with rules that can be changed while it runs.
package final class RateLimiter: Sendable {
    /// Buckets in memory before full ones are forgotten.
    private static let maximumBuckets = 100_000
    package static let migration = Migration(
        id: "limits-1", sql: "CREATE TABLE rate_limits (one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL) STRICT")

    private struct BucketName: Hashable {
        let key: String
        let endpoint: String
    }

    private struct State {
        var limits: RateLimits
        var buckets: [BucketName: (bucket: TokenBucket, rule: RateRule)] = [:]
    }

    private let database: Database
    private let state: Mutex<State>

    package init(_ database: Database) async throws {
        self.database = database
        let stored = try await database.read { try $0.first("SELECT document FROM rate_limits") { try $0.text("document") } }
        state = Mutex(State(limits: try stored.map { try JSON.decode(RateLimits.self, from: Bytes($0.utf8)) } ?? .standard))
    }

    package var limits: RateLimits { state.withLock { $0.limits } }

    /// Sets the limits, at once and for later starts. Buckets begin anew.
    /// - Throws: `GatewayError.limits`.
    package func set(_ limits: RateLimits) async throws {
        try limits.validate()
        let text = String(decoding: try JSON.encode(limits), as: UTF8.self)
        try await database.write { connection in
            try connection.execute(
                "INSERT INTO rate_limits VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET document = ?1", text)
        }
        state.withLock { $0 = State(limits: limits) }
    }

    /// Counts a request.
    /// - Parameter endpoint: the class of endpoints.
    package func take(key: String, tier: String, endpoint: String, now: ContinuousClock.Instant = .now) -> RateDecision {
        state.withLock { state in
            let (rule, name) = state.limits.rule(tier: tier, endpoint: endpoint)
            let bucketName = BucketName(key: key, endpoint: name)
            if state.buckets.count >= Self.maximumBuckets && state.buckets[bucketName] == nil { Self.forgetFull(&state, now) }
            var bucket = state.buckets[bucketName]?.bucket ?? TokenBucket(rule: rule, now: now)
            let wait = bucket.take(rule, now: now)
            state.buckets[bucketName] = (bucket, rule)
            let untilFull = (Double(rule.requests) - bucket.tokens) * rule.windowSeconds / Double(rule.requests)
            return RateDecision(
                isAllowed: wait == nil, policy: name, rule: rule, remaining: max(0, Int(bucket.tokens)),
                resetSeconds: Int((wait.map(\.seconds) ?? untilFull).rounded(.up)))
        }
    }

    private static func forgetFull(_ state: inout State, _ now: ContinuousClock.Instant) {
        state.buckets = state.buckets.filter { !$0.value.bucket.isFull($0.value.rule, now: now) }
        // Every bucket in use: forgetting one at random keeps memory bounded and errs on the caller's side.
        if state.buckets.count >= maximumBuckets, let any = state.buckets.keys.first { state.buckets[any] = nil }
    }
}
