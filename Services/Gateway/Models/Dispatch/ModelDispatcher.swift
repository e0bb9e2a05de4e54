import ModelProtocols
import ModelRouting
import Primitives
import Tokenization

/// Takes calls to the deployments that answer them, and sees that each is paid for.
final class ModelDispatcher: Sendable {
    let registry: RegistryFiles
    let router: ModelRouter
    let health: HealthBoard
    let budgets: Budgets
    let ledger: UsageLedger
    let cache: ResponseCache
    let counters: TokenCounters
    let upstream: Upstream
    let settings: ModelSettings
    let limiter = CallLimiter()
    let decisions: DecisionLog
    let running = RunningDecisions()
    let counting: TokenThreads
    /// Is told of every call when it has ended.
    let report: @Sendable (EndedCall) -> Void

    init(
        registry: RegistryFiles, router: ModelRouter, health: HealthBoard, budgets: Budgets, ledger: UsageLedger,
        cache: ResponseCache, decisions: DecisionLog, counters: TokenCounters, counting: TokenThreads, upstream: Upstream,
        settings: ModelSettings, report: @escaping @Sendable (EndedCall) -> Void
    ) {
        (self.registry, self.router, self.health, self.budgets) = (registry, router, health, budgets)
        (self.ledger, self.cache, self.decisions, self.counters) = (ledger, cache, decisions, counters)
        (self.counting, self.upstream, self.settings, self.report) = (counting, upstream, settings, report)
    }

    /// How many tokens a call's input has, about.
    /// - Throws: `BlockingThreads.Stopped`, `CancellationError`.
    func input(_ request: DoorRequest) async throws -> InputEstimate {
        try await counting.run(bytes: request.traits.textBytes) { [counters] in request.input(counters) }
    }

    /// Decides where a call goes, without making it.
    /// - Parameter account: in whose budgets it is.
    /// - Throws: `RouteError`, `BudgetError`.
    func decide(
        _ request: RouteRequest, for caller: ModelCaller, _ account: BudgetCaller, wishes: RoutingWishes
    ) async throws -> RouteDecision {
        var request = request
        request.allowed = caller.allowed
        request.task = wishes.task ?? caller.wishes.task
        request.maximumCost = wishes.maximumCost ?? caller.wishes.maximumCost
        request.maximumSeconds = wishes.maximumSeconds ?? caller.wishes.maximumSeconds
        request.minimumQuality = wishes.minimumQuality ?? caller.wishes.minimumQuality
        request.budgetLeft = try await budgets.left(for: account, atLimit: .reroute)
        return try router.decide(request, in: registry.current)
    }

    /// Decides where a call goes and counts it against the caller's limits.
    /// - Parameters:
    ///   - labels: the request's own.
    ///   - prompt: the body that asks for it.
    func plan(
        _ request: RouteRequest, for caller: ModelCaller, labels: CallLabels = CallLabels(), wishes: RoutingWishes,
        input: InputEstimate, prompt: Bytes
    ) async throws -> CallPlan {
        let (started, account) = (ContinuousClock.now, caller.account)
        let decision = try await decide(request, for: caller, account, wishes: wishes)
        let tokens = decision.choice.map { $0.inputTokens + $0.maximumOutput * request.choices } ?? 0
        let (limit, ownerLimit) = (settings.limit.ifAny, (settings.ownerLimit ?? settings.limit).ifAny)
        let owner: BudgetScope.Kind = caller.user == nil ? .organisation : .user
        let taken: CallLimiter.Taken
        do {
            taken = try limiter.take(tokens: tokens, for: account) { $0.kind == .key ? limit : $0.kind == owner ? ownerLimit : nil }
        } catch {
            decisions.record(decision, key: caller.key)
            throw error
        }
        return CallPlan(
            caller: caller, labels: labels.over(caller.labels), account: account, decision: decision, input: input, taken: taken,
            started: started, prompt: caller.logsContent ? prompt : nil, running: running)
    }

    /// Gives back what was taken for a call that is not made, and keeps the decision, which no call has.
    func dropped(_ plan: CallPlan) {
        limiter.correct(plan.taken, used: 0)
        decisions.record(plan.decision, key: plan.caller.key)
    }
}

extension CallLimit {
    /// `nil` for a limit that holds nothing back: no bucket is kept for it.
    fileprivate var ifAny: CallLimit? { callsPerMinute == nil && tokensPerMinute == nil ? nil : self }
}
