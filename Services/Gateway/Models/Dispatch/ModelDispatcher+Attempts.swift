import ModelProtocols
import ModelRouting
import Primitives

extension ModelDispatcher {
    /// Makes a call: the decision's candidates one after the other, until one answers.
    /// - Parameter body: asks a candidate; it throws `ProviderFailure`, `ModelRequestError` or `CancellationError`.
    /// - Returns: the answer and the call, which must be closed.
    /// - Throws: `CallRefused` when nobody answers; `CancellationError` when the caller leaves.
    func attempt<Answer>(
        _ plan: CallPlan, _ body: (RouteCandidate) async throws -> Answer
    ) async throws -> (answer: Answer, call: RunningCall) {
        let reservation = try await reserve(plan)
        var attempts = try RouteAttempts(plan.decision)
        var tries = 1
        while true {
            let candidate = attempts.candidate
            let trouble: Trouble
            if let permit = health.admit(candidate.deployment.id) {
                let call = RunningCall(
                    plan: plan, candidate: candidate, permit: permit, reservation: reservation, fallbacks: attempts.failed.count)
                do {
                    return (try await body(candidate), call)
                } catch let error as ProviderFailure {
                    trouble = Trouble(error, wait: settings.retry.delay(beforeAttempt: tries + 1))
                    health.report(permit, trouble.outcome)
                } catch {
                    health.report(permit, .abandoned)
                    throw await ended(call, by: error)
                }
                let hasOthers = plan.decision.candidates.count > attempts.failed.count + 1
                if !hasOthers, tries < settings.retry.maximumAttempts, let wait = trouble.wait, wait <= settings.longestWait {
                    tries += 1
                    do { try await Task.sleep(for: wait) } catch {
                        // The provider has refused the call, and charges nothing.
                        giveBack(call)
                        let fallbacks = call.fallbacks
                        let end = ending(of: plan, candidate, usage: .none, cost: .zero, .cancelled, fallbacks: fallbacks)
                        await record(end, plan, answer: nil)
                        throw error
                    }
                    continue
                }
            } else {
                trouble = Trouble(unavailable: candidate)
            }
            attempts = try await next(after: attempts, trouble, reservation, plan)
            tries = 1
        }
    }

    /// Keeps what the choice may cost. A call that goes nowhere gives its tokens back.
    private func reserve(_ plan: CallPlan) async throws -> BudgetReservation {
        do {
            let attempts = try RouteAttempts(plan.decision)
            return try await budgets.reserve(plan.worstCost(of: attempts.candidate), for: plan.account)
        } catch {
            dropped(plan)
            throw error
        }
    }

    /// The next candidate that the budgets allow.
    /// - Throws: `CallRefused` when there is none.
    private func next(
        after attempts: consuming RouteAttempts, _ trouble: Trouble, _ reservation: BudgetReservation, _ plan: CallPlan
    ) async throws -> RouteAttempts {
        let last = attempts.candidate
        switch attempts.failing(trouble.failure) {
        case .exhausted(let failed):
            budgets.release(reservation)
            limiter.correct(plan.taken, used: 0)
            await record(ending(of: plan, last, usage: .none, cost: .zero, .failed, fallbacks: failed.count - 1), plan, answer: nil)
            throw CallRefused(trouble.told)
        case .next(let next):
            do {
                try await budgets.resize(reservation, to: plan.worstCost(of: next.candidate))
            } catch {
                return try await self.next(after: next, Trouble(unaffordable: error, trouble), reservation, plan)
            }
            return next
        }
    }

    /// Frees what was kept for a call that used nothing.
    private func giveBack(_ call: RunningCall) {
        budgets.release(call.reservation)
        limiter.correct(call.plan.taken, used: 0)
    }

    /// Closes a call that ends without an answer and without another try.
    private func ended(_ call: RunningCall, by error: any Error) async -> any Error {
        guard let refusal = CallRefused(error) else {
            // The provider has read the input by now, and charges for it.
            await close(call, usage: ModelUsage(input: call.plan.input.likely), firstToken: nil, .cancelled, told: false)
            return error
        }
        budgets.release(call.reservation)
        dropped(call.plan)
        return refusal
    }
}

/// What came of an attempt that failed, for the router, the circuit and the caller.
private struct Trouble {
    var failure: CallFailure
    var outcome: CallOutcome
    /// What the caller is told when nobody else answers.
    var told: DoorFailure
    /// How long to wait before asking the same deployment again; `nil` when that would not help.
    var wait: Duration?

    /// The deployment is not to be asked now.
    init(unavailable candidate: RouteCandidate) {
        (failure, outcome) = (.unavailable, .abandoned)
        told = DoorFailure(
            .overloaded, code: "models-unavailable", message: "\(candidate.model.id) can not be asked now; try again in a moment")
        told.retryAfter = .seconds(1)
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
        case .rateLimited, .overloaded:
            let asked = error.retryAfter ?? wait
            (failure, outcome, self.wait) = (.rateLimited, .rateLimited(retryAfter: asked.seconds), asked)
        case .contextOverflow: (failure, outcome) = (.contextOverflow, .refusedRequest)
        case .contentFilter: (failure, outcome) = (.contentFilter, .refusedRequest)
        case .invalidRequest, .tooLarge: (failure, outcome) = (.request, .refusedRequest)
        case .timeout: (failure, outcome) = (.timeout, .failed)
        case .server, .closedEarly: (failure, outcome, self.wait) = (.error, .failed, wait)
        case .authentication, .permission, .paymentRequired, .notFound, .malformedAnswer: (failure, outcome) = (.error, .failed)
        }
    }
}
