package import Persistence
import Primitives
import Synchronization

/// Token buckets by key and endpoint class, and by owner, with rules that can be changed while it runs.
package final class RateLimiter: Sendable {
    package static let migration = Migration(
        id: "limits-1", sql: "CREATE TABLE rate_limits (one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL) STRICT")

    /// So many times a key's requests may all of an owner's keys make together: more keys are no way around a limit.
    package static let ownerShare = 10

    private struct BucketName: Hashable {
        /// The key, or the owner of several.
        let name: String
        /// `nil` for a key.
        let tier: String?
        let endpoint: String
    }

    /// A class, so that it is looked up once for each request.
    private final class Entry {
        var bucket: TokenBucket
        var rule: RateRule

        init(_ rule: RateRule, now: ContinuousClock.Instant) {
            (bucket, self.rule) = (TokenBucket(rule: rule, now: now), rule)
        }
    }

    private struct State {
        var limits: RateLimits
        var buckets: [BucketName: Entry] = [:]
    }

    private let database: Database
    private let maximumBuckets: Int
    private let state: Mutex<State>

    /// - Parameter maximumBuckets: buckets in memory at most; about 150 bytes each.
    package init(_ database: Database, maximumBuckets: Int = 100_000) async throws {
        (self.database, self.maximumBuckets) = (database, max(16, maximumBuckets))
        let stored = try await database.read(Self.stored)
        state = Mutex(State(limits: stored ?? .standard))
    }

    package var limits: RateLimits { state.withLock { $0.limits } }
    /// Buckets in memory now.
    package var bucketCount: Int { state.withLock { $0.buckets.count } }

    /// Sets the limits, at once and for later starts. Buckets keep what is in them, up to what the new rule lets them hold.
    /// - Throws: `GatewayError.limits`.
    package func set(_ limits: RateLimits) async throws {
        try limits.validate()
        let text = String(decoding: try JSON.encode(limits), as: UTF8.self)
        do {
            try await database.write { [self] connection in
                try connection.execute("INSERT INTO rate_limits VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET document = ?1", text)
                // Here, on the one writer, so that memory and disk agree on which of two changes came last.
                state.withLock { $0.limits = limits }
            }
        } catch {
            try await database.write { [self] connection in
                let stored = try Self.stored(on: connection)
                state.withLock { $0.limits = stored ?? .standard }
            }
            throw error
        }
    }

    /// Counts a request.
    /// - Parameters:
    ///   - owner: whose key it is; a request that the key may not make does not count for them.
    ///   - endpoint: the class of endpoints.
    package func take(
        key: String, owner: String, tier: String, endpoint: String, now: ContinuousClock.Instant = .now
    ) -> RateDecision {
        state.withLock { state in
            var (rule, name) = state.limits.rule(tier: tier, endpoint: endpoint)
            let own = take(BucketName(name: key, tier: nil, endpoint: name), rule, name, now, &state)
            guard own.isAllowed else { return own }
            rule.requests *= Self.ownerShare
            let all = take(BucketName(name: owner, tier: tier, endpoint: name), rule, "owner-" + name, now, &state)
            return all.isAllowed ? own : all
        }
    }

    private func take(
        _ name: BucketName, _ rule: RateRule, _ policy: String, _ now: ContinuousClock.Instant, _ state: inout State
    ) -> RateDecision {
        let entry: Entry
        if let known = state.buckets[name] {
            entry = known
        } else {
            if state.buckets.count >= maximumBuckets { makeRoom(&state, now) }
            entry = Entry(rule, now: now)
            state.buckets[name] = entry
        }
        let wait = entry.bucket.take(rule, now: now)
        entry.rule = rule
        let tokens = entry.bucket.tokens
        let untilFull = (Double(rule.requests) - tokens) * rule.windowSeconds / Double(rule.requests)
        return RateDecision(
            isAllowed: wait == nil, policy: policy, rule: rule, remaining: max(0, Int(tokens)),
            resetSeconds: Int((wait.map(\.seconds) ?? untilFull).rounded(.up)))
    }

    /// Forgets buckets that have filled up again; a new one would be the same.
    package func forgetIdle(now: ContinuousClock.Instant = .now) {
        state.withLock { Self.forgetFull(&$0, now) }
    }

    private func makeRoom(_ state: inout State, _ now: ContinuousClock.Instant) {
        Self.forgetFull(&state, now)
        guard state.buckets.count >= maximumBuckets else { return }
        // All are in use: forgetting some errs on the callers' side. A sixteenth at once, so that looking through all is rare.
        for name in Array(state.buckets.keys.prefix(maximumBuckets / 16)) { state.buckets[name] = nil }
    }

    private static func forgetFull(_ state: inout State, _ now: ContinuousClock.Instant) {
        state.buckets = state.buckets.filter { !$0.value.bucket.isFull($0.value.rule, now: now) }
    }

    private static func stored(on connection: Connection) throws -> RateLimits? {
        let text = try connection.first("SELECT document FROM rate_limits") { try $0.text("document") }
        return try text.map { try JSON.decode(RateLimits.self, from: Bytes($0.utf8)) }
    }
}
