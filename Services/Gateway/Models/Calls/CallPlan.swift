import ModelProtocols
import ModelRouting
import Primitives

/// A call that has been decided and paid for in advance, and has not been made. A class, as all that a call carries along: what is
/// copied into the frame of every step would be most of a stream's memory.
final class CallPlan: Sendable {
    let caller: ModelCaller
    /// What it is made for.
    let labels: CallLabels
    /// In whose budgets and limits the call is.
    let account: BudgetCaller
    let decision: RouteDecision
    let input: InputEstimate
    let taken: CallLimiter.Taken
    let started: ContinuousClock.Instant
    /// What was asked, for a caller whose key has that logged.
    let prompt: Bytes?
    private let running: RunningDecisions
    private let place: Int

    init(
        caller: ModelCaller, labels: CallLabels, account: BudgetCaller, decision: RouteDecision, input: InputEstimate,
        taken: CallLimiter.Taken, started: ContinuousClock.Instant, prompt: Bytes?, running: RunningDecisions
    ) {
        (self.caller, self.labels, self.account, self.decision, self.input) = (caller, labels, account, decision, input)
        (self.taken, self.started, self.prompt, self.running) = (taken, started, prompt, running)
        place = running.add(decision, key: caller.key)
    }

    deinit {
        running.remove(place)
    }
}

/// What attempts have used, and are charged for, that got no answer.
struct LostAttempts: Sendable {
    var usage = TokenUsage.none
    var cost = Money.zero
}

/// A call that a deployment answers.
final class RunningCall: Sendable {
    let plan: CallPlan
    let candidate: RouteCandidate
    let permit: HealthBoard.Permit
    let reservation: BudgetReservation
    /// Deployments that failed before.
    let fallbacks: Int
    /// What attempts before may have used and cost: nobody knows what became of them.
    let lost: LostAttempts
    let sent = ContinuousClock.now

    init(
        plan: CallPlan, candidate: RouteCandidate, permit: HealthBoard.Permit, reservation: BudgetReservation, fallbacks: Int,
        lost: LostAttempts
    ) {
        (self.plan, self.candidate, self.permit) = (plan, candidate, permit)
        (self.reservation, self.fallbacks, self.lost) = (reservation, fallbacks, lost)
    }
}

extension RunningCall {
    /// How many answers were asked for.
    var choices: Int { plan.decision.request.choices }

    /// Whether the model may have thought what nobody has seen, and what is charged all the same. Claude thinks when it is asked
    /// to, OpenAI's and Google's models unless they are asked not to; what runs on one's own machines, and most of who speaks
    /// OpenAI's protocol, shows its thoughts.
    var hidesReasoning: Bool {
        let deployment = candidate.deployment
        guard candidate.model.capabilities.contains(.reasoning), !deployment.isLocal else { return false }
        let reasoning = plan.decision.request.reasoning
        switch deployment.upstreamProtocol {
        case .anthropic: return reasoning ?? false
        case .gemini: return reasoning ?? true
        case .openai: return deployment.codec(for: nil).profile.dialect.hidesReasoning && reasoning ?? true
        case .ollama: return false
        }
    }
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
