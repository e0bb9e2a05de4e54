import ModelProtocols
import ModelRouting
import Primitives

extension ModelDispatcher {
    /// Makes a call: the decision's candidates one after the other, until one answers.
    /// - Parameter body: asks a candidate; `isLast` when nobody else is asked should its filter let nothing through: then that is the
    ///   answer. It throws `ProviderFailure`, `ModelRequestError` or `CancellationError`.
    /// - Returns: the answer and the call, which must be closed.
    /// - Throws: `CallRefused` when nobody answers; `CancellationError` when the caller leaves.
    func attempt<Answer>(
        _ plan: CallPlan, _ body: (RouteCandidate, _ isLast: Bool) async throws -> Answer
    ) async throws -> (answer: Answer, call: RunningCall) {
        let (reservation, place) = try await reserve(plan)
        var attempts = try RouteAttempts(plan.decision, from: place)
        var (tries, waited, lost) = (1, Duration.zero, LostAttempts())
        var before: Trouble?
        while true {
            let candidate = attempts.candidate
            let trouble: Trouble
            if let permit = health.admit(candidate.deployment.id) {
                let call = RunningCall(
                    plan: plan, candidate: candidate, permit: permit, reservation: reservation, fallbacks: attempts.failed.count,
                    lost: lost)
                do {
                    return (try await body(candidate, attempts.isLast(after: .contentFilter)), call)
                } catch {
                    trouble = try await failed(call, by: error, tries: tries, isFirst: attempts.failed.isEmpty, before, &lost)
                }
            } else {
                // Of several calls that have waited for a limit the first may have met the next one.
                let patience = health.patience(for: candidate.deployment.id)
                let wait = patience > .zero ? patience + settings.retry.delay(beforeAttempt: tries + 1) : nil
                trouble = Trouble(unavailable: candidate, wait: wait, tries > 1 ? before : nil)
            }
            let hasOthers = plan.decision.candidates.count > attempts.failed.count + 1
            if !hasOthers, let wait = trouble.wait {
                // Nobody was asked where there was no place: that is no try.
                let isTry = trouble.failure != .unavailable
                let isPatient = isTry ? tries < settings.retry.maximumAttempts : waited + wait <= settings.longestWait
                if isPatient, wait <= settings.longestWait {
                    if isTry { tries += 1 } else { waited += wait }
                    do { try await Task.sleep(for: wait) } catch {
                        await end(reservation, plan, candidate, lost: lost, .cancelled, fallbacks: attempts.failed.count)
                        throw error
                    }
                    if await isAffordable(candidate, lost.cost, reservation) {
                        before = trouble
                        continue
                    }
                }
            }
            before = trouble
            attempts = try await next(after: attempts, trouble, lost: lost, reservation, plan)
            (tries, waited) = (1, .zero)
        }
    }

    /// What came of an attempt that failed. Not inlined: what it needs is not in the frame in which every call waits.
    /// - Parameters:
    ///   - tries: how often the candidate has been asked.
    ///   - isFirst: whether no other has been asked before it.
    ///   - before: what came of the attempt before.
    /// - Throws: `error`, or what the caller is told of it, when nobody else is to be asked; the call is closed then.
    @inline(never)
    private func failed(
        _ call: RunningCall, by error: any Error, tries: Int, isFirst: Bool, _ before: Trouble?, _ lost: inout LostAttempts
    ) async throws -> Trouble {
        let candidate = call.candidate
        switch error {
        case let error as ProviderFailure:
            let delay = settings.retry.delay(beforeAttempt: tries + 1)
            var trouble = Trouble(error, wait: delay)
            health.report(call.permit, trouble.outcome)
            // No earlier than the board lets anybody ask again; all at once only when the provider has named the moment.
            let patience = health.patience(for: candidate.deployment.id)
            trouble.wait = trouble.wait.map { max($0, patience + (error.retryAfter == nil && patience > .zero ? delay : .zero)) }
            if error.mayBeCharged { lose(candidate, call.plan, error.usage, &lost) }
            return trouble
        case let error as ModelRequestError where !isFirst:
            health.report(call.permit, .abandoned)
            return Trouble(unfit: error, before)
        default:
            health.report(call.permit, .abandoned)
            throw await ended(call, by: error)
        }
    }

    /// Keeps what the choice may cost, or where budgets say so what a cheaper one may cost. A call that goes nowhere gives its
    /// tokens back.
    /// - Returns: what is kept, and for which of the candidates.
    private func reserve(_ plan: CallPlan) async throws -> (reservation: BudgetReservation, place: Int) {
        do {
            // That nothing is cheap enough is told by the budget, which takes note of it.
            if let least = plan.decision.leastOverBudget { budgets.release(try await budgets.reserve(least, for: plan.account)) }
            let candidates = plan.decision.candidates
            guard !candidates.isEmpty else { throw plan.decision.refusal }
            var place = 0
            while true {
                do {
                    return (try await budgets.reserve(candidates[place].worstCost, for: plan.account), place)
                } catch {
                    let dear = candidates[place].worstCost
                    let cheaper = candidates[place...].firstIndex { $0.worstCost < dear }
                    guard error.refusal?.budget.atLimit == .reroute, let cheaper else { throw error }
                    place = cheaper
                }
            }
        } catch {
            dropped(plan)
            throw error
        }
    }

    /// The next candidate that the budgets allow.
    /// - Parameter lost: what attempts may have used of which nobody knows what became; it is kept beside what the next may cost.
    /// - Throws: `CallRefused` when there is none.
    private func next(
        after attempts: consuming RouteAttempts, _ trouble: Trouble, lost: LostAttempts, _ reservation: BudgetReservation,
        _ plan: CallPlan
    ) async throws -> RouteAttempts {
        let last = attempts.candidate
        switch attempts.failing(trouble.failure) {
        case .exhausted(let failed):
            await end(reservation, plan, last, lost: lost, .failed, fallbacks: failed.count - 1)
            throw CallRefused(trouble.told)
        case .next(let next):
            do {
                try await budgets.resize(reservation, to: next.candidate.worstCost + lost.cost)
            } catch {
                return try await self.next(after: next, Trouble(unaffordable: error, trouble), lost: lost, reservation, plan)
            }
            return next
        }
    }

    /// Whether another attempt at the same candidate fits into the budgets, beside what those before it may have cost. One that
    /// can not be looked at allows nothing.
    private func isAffordable(_ candidate: RouteCandidate, _ lost: Money, _ reservation: BudgetReservation) async -> Bool {
        guard lost > .zero else { return true }
        do {
            try await budgets.resize(reservation, to: candidate.worstCost + lost)
            return true
        } catch {
            return false
        }
    }

    /// Ends a call that nobody has answered: what refused it charges nothing.
    private func end(
        _ reservation: BudgetReservation, _ plan: CallPlan, _ candidate: RouteCandidate, lost: LostAttempts,
        _ outcome: CallRecord.Outcome, fallbacks: Int
    ) async {
        do { try await budgets.settle(reservation, cost: lost.cost) } catch { logUnsettled(error) }
        limiter.correct(plan.taken, used: lost.usage.tokens)
        let record = ending(of: plan, candidate, usage: lost.usage, cost: lost.cost, outcome, fallbacks: fallbacks)
        await self.record(record, plan, answer: nil)
    }

    /// Adds what a provider may charge for an attempt without an answer: what it says, else the input, which it has read at least.
    private func lose(_ candidate: RouteCandidate, _ plan: CallPlan, _ usage: ModelUsage?, _ lost: inout LostAttempts) {
        let usage = charged(usage ?? ModelUsage(input: plan.input.likely), plan)
        lost.usage = lost.usage + usage
        do {
            lost.cost += try candidate.price.cost(of: usage)
        } catch {
            logUnsettled(error)
            lost.cost += candidate.worstCost
        }
    }

    /// Closes a call that ends without an answer and without another try.
    private func ended(_ call: RunningCall, by error: any Error) async -> any Error {
        if error is CallNotSent {
            await end(call.reservation, call.plan, call.candidate, lost: call.lost, .cancelled, fallbacks: call.fallbacks)
            return CancellationError()
        }
        guard let refusal = CallRefused(error) else {
            // The provider has read the input by now, and charges for it; and for thoughts, should the model have any.
            await close(
                call, usage: ModelUsage(input: call.plan.input.likely), firstToken: nil, .cancelled, told: false, isWhole: false)
            return error
        }
        budgets.release(call.reservation)
        dropped(call.plan)
        return refusal
    }
}

/// What came of an attempt that failed, for the router, the circuit and the caller.
struct Trouble {
    var failure: CallFailure
    var outcome: CallOutcome
    /// What the caller is told when nobody else answers.
    var told: DoorFailure
    /// How long to wait before asking the same deployment again; `nil` when that would not help.
    var wait: Duration?

    /// The deployment is not to be asked now.
    /// - Parameter before: what it answered this call before, which the caller is told.
    init(unavailable candidate: RouteCandidate, wait: Duration?, _ before: Trouble?) {
        (failure, outcome, self.wait) = (.unavailable, .abandoned, wait)
        told =
            before?.told
            ?? DoorFailure(
                .overloaded, code: "models-unavailable",
                message: "\(candidate.model.id) can not be asked now; try again in a moment")
        told.retryAfter = max(.seconds(1), wait ?? .zero)
    }

    /// The deployment, which was to be asked in the place of one that failed, can not be told what is asked. The caller is told of
    /// the first failure: what this one lacks is not their mistake.
    init(unfit error: ModelRequestError, _ before: Trouble?) {
        (failure, outcome, told) = (.unsupported, .abandoned, before?.told ?? DoorFailure(error))
    }

    /// The budgets do not allow the deployment, which was to be asked in the place of one that failed.
    init(unaffordable error: BudgetError, _ before: Trouble) {
        self = before
        failure = .unaffordable
        told = CallRefused(error)?.failure ?? told
    }

    /// - Parameter wait: without one that the provider asks for.
    init(_ error: ProviderFailure, wait: Duration) {
        told = DoorFailure(error)
        switch error.kind {
        case .overloaded where error.status == 503 && error.retryAfter == nil:
            // What a proxy says whose server is gone.
            (failure, outcome, self.wait) = (.error, .failed, wait)
        case .rateLimited, .overloaded:
            (failure, outcome) = (.rateLimited, .rateLimited(retryAfter: error.retryAfter?.seconds))
            self.wait = error.retryAfter ?? wait
        case .contextOverflow: (failure, outcome) = (.contextOverflow, .refusedRequest)
        case .contentFilter: (failure, outcome) = (.contentFilter, .refusedRequest)
        case .invalidRequest, .tooLarge: (failure, outcome) = (.request, .refusedRequest)
        case .timeout: (failure, outcome) = (.timeout, .failed)
        case .server, .closedEarly: (failure, outcome, self.wait) = (.error, .failed, wait)
        case .authentication, .permission, .paymentRequired, .notFound, .malformedAnswer: (failure, outcome) = (.error, .failed)
        }
    }
}
