import Primitives
import Synchronization

/// What traffic has taught about each deployment: circuit, rate limits, speed.
package final class HealthBoard: Sendable {
    /// Lets one call to a deployment pass.
    package struct Permit: Sendable, Hashable {
        package let deployment: String
        package let circuit: CircuitBreaker.Permit
    }

    /// A class: every call looks at it in several places. It never leaves the board, which uses it under one lock.
    private final class Entry {
        var circuit: CircuitBreaker
        var firstToken: DecayedHistogram
        var perToken: DecayedHistogram
        var meanOutput = 0.0
        var waitUntil: ContinuousClock.Instant?
        var limitsInARow = 0
        /// Quantiles are worked out once for many decisions.
        var speed: (firstToken: (Double, Double)?, perToken: (Double, Double)?)?

        init(_ settings: CircuitBreaker.Settings, halfLife: Duration) {
            circuit = CircuitBreaker(settings)
            (firstToken, perToken) = (DecayedHistogram(halfLife: halfLife), DecayedHistogram(halfLife: halfLife))
        }
    }

    /// Samples below which the expectation of the registry says more.
    private static let leastWeight = 3.0
    /// Share of the newest answer in the mean length of answers.
    private static let outputShare = 0.05
    private let settings: CircuitBreaker.Settings
    private let halfLife: Duration
    /// Without Retry-After: one second, doubled each time.
    private let patience = RetryPolicy(maximumAttempts: .max, base: .seconds(1), cap: .seconds(60))
    private let longestPatience = 3600.0
    private let entries = Mutex<[String: Entry]>([:])
    private let absent = Mutex<Set<String>>([])

    /// - Parameter halfLife: after how long a measured speed counts half.
    package init(_ settings: CircuitBreaker.Settings = .init(), halfLife: Duration = .minutes(5)) {
        (self.settings, self.halfLife) = (settings, halfLife)
    }

    /// How deployments do, in the order asked for.
    package func readings(of deployments: [String], now: ContinuousClock.Instant = .now) -> [HealthReading] {
        let absent = absent.withLock(\.self)
        return entries.withLock { entries in
            deployments.map { id in
                var reading = HealthReading.unknown
                if let entry = entries[id] { reading = Self.reading(entry, now) }
                if absent.contains(id) { reading.availability = .absent }
                return reading
            }
        }
    }

    /// Tells which deployments do not run at present; all others do, as far as is known.
    package func setAbsent(_ deployments: Set<String>) { absent.withLock { $0 = deployments } }

    /// Whether a deployment runs, as far as is known.
    package func isPresent(_ deployment: String) -> Bool { absent.withLock { !$0.contains(deployment) } }

    /// Asks to make a call.
    /// - Returns: `nil` when the deployment is to be left alone now. Each permit must be reported once.
    package func admit(_ deployment: String, now: ContinuousClock.Instant = .now) -> Permit? {
        entries.withLock { entries in
            let entry: Entry
            if let known = entries[deployment] {
                entry = known
            } else {
                entry = Entry(settings, halfLife: halfLife)
                entries[deployment] = entry
            }
            if let until = entry.waitUntil, now < until { return nil }
            return entry.circuit.admit(now: now).map { Permit(deployment: deployment, circuit: $0) }
        }
    }

    /// Tells what became of a call.
    package func report(_ permit: Permit, _ outcome: CallOutcome, now: ContinuousClock.Instant = .now) {
        entries.withLock { entries in
            if let entry = entries[permit.deployment] { record(outcome, permit.circuit, entry, now) }
        }
    }

    /// How long a deployment has asked for patience from now on.
    package func patience(for deployment: String, now: ContinuousClock.Instant = .now) -> Duration {
        entries.withLock { max(.zero, ($0[deployment]?.waitUntil ?? now) - now) }
    }

    /// Forgets deployments that are no longer in the registry.
    package func keepOnly(_ deployments: Set<String>) {
        entries.withLock { $0 = $0.filter { deployments.contains($0.key) } }
    }

    private func record(
        _ outcome: CallOutcome, _ permit: CircuitBreaker.Permit, _ entry: Entry, _ now: ContinuousClock.Instant
    ) {
        switch outcome {
        case .answered(let firstToken, let total, let outputTokens):
            entry.circuit.succeeded(permit, now: now)
            // A call from before the limit says nothing about it.
            if entry.waitUntil.map({ now >= $0 }) ?? true { (entry.waitUntil, entry.limitsInARow) = (nil, 0) }
            if let firstToken {
                entry.firstToken.add(firstToken, now: now)
                if outputTokens > 1 { entry.perToken.add((total - firstToken) / Double(outputTokens - 1), now: now) }
            } else if outputTokens > 0 {
                // An answer in one piece says nothing of when it began: that is in the time of its tokens.
                entry.perToken.add(total / Double(outputTokens), now: now)
            }
            let share = entry.meanOutput == 0 ? 1 : Self.outputShare
            entry.meanOutput += share * (Double(max(0, outputTokens)) - entry.meanOutput)
            entry.speed = nil
        case .failed: entry.circuit.failed(permit, now: now)
        case .rateLimited(let retryAfter):
            // A limit is an answer: the upstream is well, only busy with us.
            entry.circuit.succeeded(permit, now: now)
            // Calls that were under way together met one limit.
            if entry.waitUntil.map({ now >= $0 }) ?? true { entry.limitsInARow += 1 }
            let learned = retryAfter.map { min(max($0, 0), longestPatience) }
            let own = patience.ceiling(beforeAttempt: min(entry.limitsInARow, 10) + 1).seconds
            let until = now + .seconds(learned ?? own)
            entry.waitUntil = max(entry.waitUntil ?? until, until)
        case .refusedRequest: entry.circuit.succeeded(permit, now: now)
        case .abandoned: entry.circuit.abandoned(permit)
        }
    }

    private static func reading(_ entry: Entry, _ now: ContinuousClock.Instant) -> HealthReading {
        var availability = HealthReading.Availability.ready
        let wait = entry.circuit.wait(now: now)
        if wait > .zero {
            availability = .circuitOpen(seconds: wait.seconds)
        } else if let until = entry.waitUntil, now < until {
            availability = .rateLimited(seconds: (until - now).seconds)
        }
        if entry.speed == nil { entry.speed = (pair(entry.firstToken), pair(entry.perToken)) }
        return HealthReading(
            availability: availability, errorRate: entry.circuit.errorRate(now: now),
            firstToken: entry.firstToken.weight(now: now) < leastWeight ? nil : entry.speed?.firstToken,
            perToken: entry.perToken.weight(now: now) < leastWeight ? nil : entry.speed?.perToken, meanOutput: entry.meanOutput)
    }

    private static func pair(_ histogram: DecayedHistogram) -> (Double, Double)? {
        guard let median = histogram.quantile(0.5), let high = histogram.quantile(0.9) else { return nil }
        return (median, high)
    }
}
