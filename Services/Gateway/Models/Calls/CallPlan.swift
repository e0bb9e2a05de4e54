import ModelProtocols
import ModelRouting
import Primitives

/// A call that has been decided and paid for in advance, and has not been made.
struct CallPlan: Sendable {
    let caller: ModelCaller
    let decision: RouteDecision
    let input: InputEstimate
    /// How many answers are asked for: each may be as long as one alone.
    let choices: Int
    let taken: CallLimiter.Taken
    let time: Timestamp
    let started: ContinuousClock.Instant

    /// The most that a candidate may cost for this call.
    func worstCost(of candidate: RouteCandidate) -> Money {
        let (product, overflows) = candidate.worstCost.nanoDollars.multipliedReportingOverflow(by: Int64(choices))
        return overflows ? .maximum : min(Money(nanoDollars: product), .maximum)
    }
}

/// A call that a deployment answers.
struct RunningCall: Sendable {
    let plan: CallPlan
    let candidate: RouteCandidate
    let permit: HealthBoard.Permit
    let reservation: BudgetReservation
    /// Deployments that failed before.
    let fallbacks: Int
    let sent: ContinuousClock.Instant
}

extension TokenUsage {
    /// What a provider told, put right where its parts exceed their wholes.
    init(_ usage: ModelUsage) {
        func bounded(_ count: Int) -> Int { min(max(0, count), TokenUsage.maximumTokens / 8) }
        let hour = bounded(usage.cachedWriteHour)
        let (read, write) = (bounded(usage.cachedRead), max(0, bounded(usage.cachedWrite) - hour))
        // Audio that was read from the cache is told as both; it is charged as cached.
        let audio = max(0, min(bounded(usage.audioInput), bounded(usage.input) - read - write - hour))
        self.init(
            input: max(bounded(usage.input), read + write + hour + audio), cachedRead: read, cachedWrite: write,
            cachedWriteHour: hour, audioInput: audio, output: bounded(usage.output),
            reasoning: min(bounded(usage.reasoning), bounded(usage.output)))
    }
}
