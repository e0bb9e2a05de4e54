import Primitives
import Synchronization

/// Calls and tokens per minute, by token bucket, for every scope that a call falls under.
///
/// A call takes its tokens as estimated before it is made; the difference to what it used is put back or taken afterwards, when
/// the bucket may go below nothing and later calls wait for it.
package final class CallLimiter: Sendable {
    /// What a call has taken, to be corrected when its usage is known.
    package struct Taken: Sendable {
        /// Those of the scopes that have a limit.
        fileprivate let buckets: [Buckets]
        package let tokens: Int
    }

    /// A class, so that it is looked up once for each call.
    // Safe to share: touched under the limiter's lock alone.
    fileprivate final class Buckets: @unchecked Sendable {
        var calls: Double
        var tokens: Double
        var updated: ContinuousClock.Instant

        init(_ limit: CallLimit, now: ContinuousClock.Instant) {
            (calls, tokens) = (Double(limit.callsPerMinute ?? 0), Double(limit.tokensPerMinute ?? 0))
            updated = now
        }

        /// Fills up by now.
        func fill(_ limit: CallLimit, now: ContinuousClock.Instant) {
            let minutes = max(0, (now - updated).seconds / 60)
            let (mostCalls, mostTokens) = (Double(limit.callsPerMinute ?? 0), Double(limit.tokensPerMinute ?? 0))
            calls = min(mostCalls, calls + minutes * mostCalls)
            tokens = min(mostTokens, tokens + minutes * mostTokens)
            updated = now
        }

        /// Seconds until there is enough for a call, of the unit for which that is longest; `nil` when there is.
        func wait(_ limit: CallLimit, tokens asked: Int) -> (unit: String, limit: Int, seconds: Double)? {
            var longest: (unit: String, limit: Int, seconds: Double)?
            if let most = limit.callsPerMinute, calls < 1 { longest = ("calls", most, (1 - calls) * 60 / Double(most)) }
            if let most = limit.tokensPerMinute, tokens < Double(asked) {
                let seconds = (Double(asked) - tokens) * 60 / Double(most)
                if seconds > longest?.seconds ?? 0 { longest = ("tokens", most, seconds) }
            }
            return longest
        }
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
        guard !limits.isEmpty else { return Taken(buckets: [], tokens: tokens) }
        for (scope, limit) in limits {
            if let most = limit.tokensPerMinute, tokens > most { throw .tooLarge(scope: scope, tokens: tokens, limit: most) }
        }
        let outcome = state.withLock { state -> Result<[Buckets], CallLimitError> in
            if state.count + limits.count > maximumBuckets { makeRoom(&state, now) }
            var found: [Buckets] = []
            found.reserveCapacity(limits.count)
            var refusal: (error: CallLimitError, wait: Double)?
            for (scope, limit) in limits {
                let buckets = Self.buckets(of: scope, limit, now, &state)
                if let wait = buckets.wait(limit, tokens: tokens), wait.seconds > refusal?.wait ?? 0 {
                    let error = CallLimitError.limited(scope: scope, unit: wait.unit, limit: wait.limit, retryAfter: wait.seconds)
                    refusal = (error, wait.seconds)
                }
                found.append(buckets)
            }
            if let refusal { return .failure(refusal.error) }
            for buckets in found {
                buckets.calls -= 1
                buckets.tokens -= Double(tokens)
            }
            return .success(found)
        }
        return Taken(buckets: try outcome.get(), tokens: tokens)
    }

    /// The buckets of a scope as they have filled up by now; new ones are full.
    private static func buckets(
        of scope: BudgetScope, _ limit: CallLimit, _ now: ContinuousClock.Instant, _ state: inout [BudgetScope: Buckets]
    ) -> Buckets {
        if let known = state[scope] {
            known.fill(limit, now: now)
            return known
        }
        let made = Buckets(limit, now: now)
        state[scope] = made
        return made
    }

    /// Corrects what a call has taken by what it used.
    package func correct(_ taken: Taken, used: Int) {
        let difference = Double(taken.tokens - max(0, used))
        guard difference != 0 else { return }
        state.withLock { _ in
            for buckets in taken.buckets { buckets.tokens += difference }
        }
    }

    private func makeRoom(_ state: inout [BudgetScope: Buckets], _ now: ContinuousClock.Instant) {
        // After two minutes every bucket that was not far below nothing is full again, and a new one would be the same.
        state = state.filter { (now - $0.value.updated).seconds < 120 }
        guard state.count >= maximumBuckets * 15 / 16 else { return }
        for scope in Array(state.keys.prefix(maximumBuckets / 16)) { state[scope] = nil }
    }
}
