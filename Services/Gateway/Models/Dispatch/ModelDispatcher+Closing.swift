import ModelProtocols
import ModelRouting
import Primitives

extension ModelDispatcher {
    private static let log = Log("gateway.calls")

    /// Ends a call: charges what was used, tells the circuit, the ledger and who listens.
    /// - Parameters:
    ///   - firstToken: seconds from sending to the first piece of the answer; `nil` for one in one piece or none.
    ///   - failure: of one that failed, which tells what the circuit is told.
    ///   - told: whether the circuit is still to be told.
    ///   - isWhole: whether the usage is all that was used, and not only what was seen of it.
    ///   - answer: what was answered, as far as it came.
    /// - Returns: what was charged.
    @discardableResult
    func close(
        _ call: RunningCall, usage: ModelUsage, firstToken: Double?, _ outcome: CallRecord.Outcome,
        failure: ProviderFailure? = nil, told: Bool = true, isWhole: Bool = true, answer: Bytes? = nil
    ) async -> (TokenUsage, Money) {
        let usage = charged(usage, call.plan)
        let total = (ContinuousClock.now - call.sent).seconds
        if told {
            switch outcome {
            case .answered:
                health.report(call.permit, .answered(firstToken: firstToken, total: total, outputTokens: usage.output))
            case .failed: health.report(call.permit, failure.map { Trouble($0, wait: .zero).outcome } ?? .failed)
            case .cancelled: health.report(call.permit, .abandoned)
            }
        }
        var cost = Money.zero
        do {
            cost = try call.candidate.price.cost(of: usage) + call.lost.cost
            if !isWhole, call.hidesReasoning { cost = max(cost, thoughtCost(call, usage)) }
            try await budgets.settle(call.reservation, cost: cost)
        } catch {
            // The counts are bounded and prices checked; should it happen all the same, the reservation is charged in full.
            logUnsettled(error)
        }
        limiter.correct(call.plan.taken, used: usage.tokens + call.lost.usage.tokens)
        let record = ending(
            of: call.plan, call.candidate, usage: usage, cost: cost, outcome, firstToken: firstToken, fallbacks: call.fallbacks)
        await self.record(record, call.plan, answer: answer)
        return (usage, cost)
    }

    /// Ends a stream that was never read: the caller has left before it began. Nobody waits for this, so it waits for nothing.
    /// - Parameters:
    ///   - usage: what the provider has told or given until now.
    ///   - isWhole: whether that is all that was used.
    ///   - answer: what it has said until now.
    func left(_ call: RunningCall, usage: ModelUsage, isWhole: Bool, answer: Bytes) {
        let usage = charged(usage, call.plan)
        health.report(call.permit, .abandoned)
        var cost = call.reservation.amount
        do {
            let least = try call.candidate.price.cost(of: usage) + call.lost.cost
            cost = min(cost, isWhole || !call.hidesReasoning ? least : max(least, thoughtCost(call, usage)))
        } catch {
            logUnsettled(error)
        }
        budgets.charge(call.reservation, cost)
        limiter.correct(call.plan.taken, used: usage.tokens + call.lost.usage.tokens)
        let record = ending(of: call.plan, call.candidate, usage: usage, cost: cost, .cancelled, fallbacks: call.fallbacks)
        let ended = endedCall(record, call.plan, answer: answer)
        do {
            if try !ledger.offer(ended) { Self.log.error("a call is missing in the ledger", ["error": "it is behind"]) }
        } catch {
            Self.log.error("a call is missing in the ledger", ["error": .string("\(error)")])
        }
        report(ended)
    }

    /// What a call may have cost at most that has ended early, and whose model may have thought what nobody has seen. Nobody knows
    /// how much: it is bounded by the time that it had, and by what was kept for the call.
    private func thoughtCost(_ call: RunningCall, _ usage: TokenUsage) -> Money {
        // Thoughts come before the first token, and are among those that the usage tells.
        let measured = health.readings(of: [call.candidate.deployment.id])[0].secondsPerToken
        let seconds = (ContinuousClock.now - call.sent).seconds
        let unseen = ThinkingTime.mostTokens(in: seconds, secondsPerToken: measured) * call.choices - usage.output
        do {
            let most = try call.candidate.price.cost(of: usage, andThoughts: max(0, unseen))
            return min(call.reservation.amount, most + call.lost.cost)
        } catch {
            return call.reservation.amount
        }
    }

    func logUnsettled(_ error: any Error) {
        Self.log.error("a call could not be charged by its usage", ["error": .string("\(error)")])
    }

    func charged(_ usage: ModelUsage, _ plan: CallPlan) -> TokenUsage {
        var usage = TokenUsage(usage)
        // Providers that charge pictures apiece do not tell their number.
        if usage.input > 0 { usage.images = plan.decision.request.images }
        return usage
    }

    /// What is written down of a call.
    func ending(
        of plan: CallPlan, _ candidate: RouteCandidate, usage: TokenUsage, cost: Money, _ outcome: CallRecord.Outcome,
        firstToken: Double? = nil, fallbacks: Int, cachedCost: Money? = nil
    ) -> CallRecord {
        let saved = saved(by: plan, candidate, usage, outcome, cachedCost)
        return CallRecord(
            time: plan.decision.time, caller: (plan.caller.key, plan.caller.user, plan.caller.organisation, plan.caller.session),
            model: candidate.model.id,
            provider: candidate.deployment.provider, usage: usage, cost: cost,
            seconds: (ContinuousClock.now - plan.started).seconds,
            firstTokenSeconds: firstToken, outcome: outcome, isCacheHit: cachedCost != nil, fallbacks: max(0, fallbacks),
            savedByCache: saved.cache, savedByRouting: saved.routing, decision: plan.decision.id,
            requestID: plan.caller.requestID)
    }

    /// What a cache and the router's choice saved of a call's cost.
    private func saved(
        by plan: CallPlan, _ candidate: RouteCandidate, _ usage: TokenUsage, _ outcome: CallRecord.Outcome, _ cachedCost: Money?
    ) -> (cache: Money, routing: Money) {
        if let cachedCost { return (cachedCost, .zero) }
        guard outcome == .answered else { return (.zero, .zero) }
        do {
            return (try candidate.price.cacheReadSaving(of: usage), try plan.decision.saving(of: usage, by: candidate))
        } catch {
            Self.log.error("what a call saved is not known", ["error": .string("\(error)")])
            return (.zero, .zero)
        }
    }

    /// Writes a call down. Of one value: with as many arguments as that has parts Swift 6.3.1 crashes.
    func record(_ record: CallRecord, _ plan: CallPlan, answer: Bytes?) async {
        let ended = endedCall(record, plan, answer: answer)
        do {
            try await ledger.record(ended)
        } catch {
            Self.log.error("a call is missing in the ledger", ["error": .string("\(error)")])
        }
        report(ended)
    }

    private func endedCall(_ record: CallRecord, _ plan: CallPlan, answer: Bytes?) -> EndedCall {
        EndedCall(
            record, labels: plan.labels, decision: plan.decision,
            content: plan.prompt.map { CallContent(prompt: $0, answer: answer) })
    }
}
