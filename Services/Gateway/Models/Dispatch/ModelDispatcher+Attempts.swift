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
            var trouble = Trouble(unavailable: candidate)
            if let permit = health.admit(candidate.deployment.id) {
                let call = RunningCall(
                    plan: plan, candidate: candidate, permit: permit, reservation: reservation, fallbacks: attempts.failed.count,
                    sent: .now)
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
                        await drop(call)
                        throw error
                    }
                    continue
                }
            }
            attempts = try await next(after: attempts, trouble, reservation, plan)
            tries = 1
        }
    }

    /// Keeps what the choice may cost. A call that goes nowhere gives its tokens back.
    private func reserve(_ plan: CallPlan) async throws -> BudgetReservation {
        do {
            let attempts = try RouteAttempts(plan.decision)
            return try await budgets.reserve(plan.worstCost(of: attempts.candidate), for: plan.caller.budgets)
        } catch {
            limiter.correct(plan.taken, used: 0)
            throw error
        }
    }

    /// The next candidate that the budgets allow.
    /// - Throws: `CallRefused` when there is none.
    private func next(
        after attempts: consuming RouteAttempts, _ trouble: Trouble, _ reservation: BudgetReservation, _ plan: CallPlan
    ) async throws -> RouteAttempts {
        var failure = trouble.failure
        var refusal = CallRefused(trouble.told)
        var attempts = attempts
        while true {
            let last = attempts.candidate
            switch attempts.failing(failure) {
            case .exhausted(let failed):
                budgets.release(reservation)
                limiter.correct(plan.taken, used: 0)
                await record(plan, last, usage: TokenUsage(input: 0, output: 0), cost: .zero, .failed, fallbacks: failed.count - 1)
                throw refusal
            case .next(let next):
                do throws(BudgetError) {
                    try await budgets.resize(reservation, to: plan.worstCost(of: next.candidate))
                    return next
                } catch {
                    (failure, refusal) = (.unaffordable, CallRefused(error) ?? refusal)
                    attempts = next
                }
            }
        }
    }

    /// Ends a call whose caller leaves while it waits to be made again: the provider has refused it, and charges nothing.
    private func drop(_ call: RunningCall) async {
        budgets.release(call.reservation)
        limiter.correct(call.plan.taken, used: 0)
        await record(
            call.plan, call.candidate, usage: TokenUsage(input: 0, output: 0), cost: .zero, .cancelled, fallbacks: call.fallbacks)
    }

    /// Closes a call that ends without an answer and without another try.
    private func ended(_ call: RunningCall, by error: any Error) async -> any Error {
        guard let refusal = CallRefused(error) else {
            // The provider has read the input by now, and charges for it.
            await close(call, usage: ModelUsage(input: call.plan.input.likely), firstToken: nil, .cancelled, told: false)
            return error
        }
        budgets.release(call.reservation)
        limiter.correct(call.plan.taken, used: 0)
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
