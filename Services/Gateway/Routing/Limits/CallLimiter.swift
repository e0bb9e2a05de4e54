import Primitives
import Synchronization

/// Calls and tokens per minute, by token bucket, for every scope that a call falls under.
///
/// A call takes its tokens as estimated before it is made; the difference to what it used is put back or taken afterwards, when
/// the bucket may go below nothing and later calls wait for it.
package final class CallLimiter: Sendable {
    /// What a call has taken, to be corrected when its usage is known.
    package struct Taken: Sendable, Hashable {
        /// The scopes that have a limit.
        fileprivate let scopes: [BudgetScope]
        package let tokens: Int
    }

    private struct Buckets {
        var calls: Double
        var tokens: Double
        var updated: ContinuousClock.Instant
    }

    private let maximumBuckets: Int
    private let state = Mutex<[BudgetScope: Buckets]>([:])

    /// - Parameter maximumBuckets: scopes in memory at most.
    package init(maximumBuckets: Int = 100_000) {
        self.maximumBuckets = max(16, maximumBuckets)
    }

    /// Lets a call pass or tells how long to wait. It is counted in every scope or in none.
    /// - Parameters:
    ///   - tokens: input and the most output that it may give; negative ones count as none.
    ///   - limit: the limit of a scope; `nil` for none.
    /// - Throws: `CallLimitError.limited` with the longest wait of all scopes, `.tooLarge`.
    package func take(
        tokens: Int, for caller: BudgetCaller, now: ContinuousClock.Instant = .now, limit: (BudgetScope) -> CallLimit?
    ) throws(CallLimitError) -> Taken {
        let tokens = max(0, tokens)
        let limits = caller.scopes.compactMap { scope in limit(scope).map { (scope, $0) } }
        guard !limits.isEmpty else { return Taken(scopes: [], tokens: tokens) }
        for (scope, limit) in limits {
            if let most = limit.tokensPerMinute, tokens > most { throw .tooLarge(scope: scope, tokens: tokens, limit: most) }
        }
        let refusal = state.withLock { state in
            if state.count + limits.count > maximumBuckets { makeRoom(&state, now) }
            var filled: [(BudgetScope, Buckets)] = []
            var refusal: (error: CallLimitError, wait: Double)?
            for (scope, limit) in limits {
                let buckets = Self.filled(state[scope], limit, now)
                let waits = Self.waits(buckets, limit, tokens)
                for (unit, most, wait) in waits where wait > refusal?.wait ?? 0 {
                    refusal = (.limited(scope: scope, unit: unit, limit: most, retryAfter: wait), wait)
                }
                filled.append((scope, buckets))
            }
            for (scope, buckets) in filled {
                var buckets = buckets
                if refusal == nil {
                    buckets.calls -= 1
                    buckets.tokens -= Double(tokens)
                }
                state[scope] = buckets
            }
            return refusal?.error
        }
        if let refusal { throw refusal }
        return Taken(scopes: limits.map(\.0), tokens: tokens)
    }

    /// Corrects what a call has taken by what it used.
    package func correct(_ taken: Taken, used: Int) {
        let difference = Double(taken.tokens - max(0, used))
        guard difference != 0 else { return }
        state.withLock { state in
            for scope in taken.scopes { state[scope]?.tokens += difference }
        }
    }

    /// The buckets as they have filled up by now; a new one is full.
    private static func filled(_ buckets: Buckets?, _ limit: CallLimit, _ now: ContinuousClock.Instant) -> Buckets {
        let (calls, tokens) = (Double(limit.callsPerMinute ?? 0), Double(limit.tokensPerMinute ?? 0))
        guard let buckets else { return Buckets(calls: calls, tokens: tokens, updated: now) }
        let minutes = max(0, (now - buckets.updated).seconds / 60)
        return Buckets(
            calls: min(calls, buckets.calls + minutes * calls), tokens: min(tokens, buckets.tokens + minutes * tokens), updated: now
        )
    }

    /// Seconds until there is enough of each unit.
    private static func waits(_ buckets: Buckets, _ limit: CallLimit, _ tokens: Int) -> [(unit: String, limit: Int, wait: Double)] {
        var waits: [(String, Int, Double)] = []
        if let calls = limit.callsPerMinute { waits.append(("calls", calls, (1 - buckets.calls) * 60 / Double(calls))) }
        if let most = limit.tokensPerMinute {
            waits.append(("tokens", most, (Double(tokens) - buckets.tokens) * 60 / Double(most)))
        }
        return waits
    }

    private func makeRoom(_ state: inout [BudgetScope: Buckets], _ now: ContinuousClock.Instant) {
        // After two minutes every bucket that was not far below nothing is full again, and a new one would be the same.
        state = state.filter { (now - $0.value.updated).seconds < 120 }
        guard state.count >= maximumBuckets * 15 / 16 else { return }
        for scope in Array(state.keys.prefix(maximumBuckets / 16)) { state[scope] = nil }
    }
}
