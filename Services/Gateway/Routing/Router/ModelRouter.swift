package import Primitives

/// Chooses the deployment that takes a call.
///
/// Deployments that can not take it are sorted out, each with its reason. Of the rest, a named model's come first in the order
/// that the score gives, then those of its fallbacks. When the choice is free, `auto:cheap`, `auto:fast` and `auto:best` go
/// strictly by cost, time and quality; `auto` takes local ones first and then the best score. Equal ones keep the registry's
/// order, so that the same state gives the same choice.
package struct ModelRouter: Sendable {
    /// Output tokens to expect of a model that nothing is known of.
    private static let usualOutput = 400.0
    private let health: HealthBoard
    private let hasKey: @Sendable (KeyReference) -> Bool
    private let imageTokens: @Sendable (Model) -> Int

    /// - Parameters:
    ///   - health: what traffic has taught.
    ///   - hasKey: whether a key is set; asked for every decision, so it must not read files.
    ///   - imageTokens: the most tokens that a model makes of one picture.
    package init(
        health: HealthBoard, hasKey: @escaping @Sendable (KeyReference) -> Bool,
        imageTokens: @escaping @Sendable (Model) -> Int = { _ in 0 }
    ) {
        (self.health, self.hasKey, self.imageTokens) = (health, hasKey, imageTokens)
    }

    /// Decides, without doing anything.
    /// - Parameters:
    ///   - time: whose prices hold.
    ///   - now: when circuits and limits are looked at.
    /// - Returns: a decision, also when nothing can take the call: it tells why.
    /// - Throws: `RouteError.invalid`, `.unknownModel`.
    package func decide(
        _ request: RouteRequest, in registry: ModelRegistry, time: Timestamp = .now(), now: ContinuousClock.Instant = .now
    ) throws(RouteError) -> RouteDecision {
        try request.validate()
        let preference = RoutePreference(model: request.model)
        let models = try models(request, preference, registry)
        var sorting = Sorting(request: request, isNamed: preference == nil, time: time, imageTokens: imageTokens)
        let readings = health.readings(of: models.flatMap { $0.deployments.map(\.id) }, now: now)
        var place = 0
        for model in models {
            for deployment in model.deployments {
                sorting.consider(model, deployment, readings[place], hasKey: hasKey)
                place += 1
            }
        }
        let order = RouteOrder(preference: preference)
        let candidates = preference == nil ? order.ofNamed(sorting.candidates) : order.ofFree(sorting.candidates)
        return RouteDecision(
            id: Identifier.make("route"), time: time, request: request, preference: preference, candidates: candidates,
            rejected: sorting.rejected, isLocalFirst: preference == .balanced && candidates.first?.deployment.isLocal == true)
    }

    /// The named model and its fallbacks, or all.
    private func models(
        _ request: RouteRequest, _ preference: RoutePreference?, _ registry: ModelRegistry
    ) throws(RouteError) -> [Model] {
        guard preference == nil else { return registry.models }
        guard let named = registry.model(named: request.model) else {
            throw .unknownModel(request.model, suggestion: registry.suggestion(for: request.model))
        }
        return [named] + named.fallbacks.compactMap(registry.model(named:)).filter { $0.id != named.id }
    }

    /// Sorts out what can not take the call.
    private struct Sorting {
        let request: RouteRequest
        let isNamed: Bool
        let time: Timestamp
        let imageTokens: (Model) -> Int
        var candidates: [RouteCandidate] = []
        var rejected: [RouteRejection] = []

        init(request: RouteRequest, isNamed: Bool, time: Timestamp, imageTokens: @escaping (Model) -> Int) {
            (self.request, self.isNamed, self.time, self.imageTokens) = (request, isNamed, time, imageTokens)
        }

        private func inputTokens(for model: Model) -> Int {
            request.images == 0 ? request.inputTokens : request.inputTokens + request.images * imageTokens(model)
        }

        mutating func consider(
            _ model: Model, _ deployment: Deployment, _ reading: HealthReading, hasKey: (KeyReference) -> Bool
        ) {
            if let cause = objection(to: model) ?? objection(to: deployment, reading, hasKey) {
                return reject(model, deployment, cause)
            }
            let candidate: RouteCandidate
            do {
                candidate = try self.candidate(model, deployment, reading)
            } catch {
                // The counts were checked with the request, and limits of models are smaller still.
                return reject(model, deployment, .contextTooSmall(window: model.contextWindow, needed: inputTokens(for: model)))
            }
            if let cause = objection(to: candidate) { return reject(model, deployment, cause) }
            candidates.append(candidate)
        }

        private mutating func reject(_ model: Model, _ deployment: Deployment, _ cause: RouteRejection.Cause) {
            rejected.append(RouteRejection(model: model.id, provider: deployment.provider, cause: cause))
        }

        private func objection(to model: Model) -> RouteRejection.Cause? {
            if let allowed = request.allowed, !allowed.allows(model) { return .notAllowed }
            let missing = request.needs.subtracting(model.capabilities)
            if !missing.isEmpty { return .lacks(missing) }
            // Who names a model knows what it is for.
            if !isNamed, let task = request.task, !model.tasks.isEmpty, !model.tasks.contains(task) { return .otherTasks(task) }
            let input = request.contextTokens ?? inputTokens(for: model)
            let needed = input + (model.capabilities.contains(.chat) ? request.maximumOutput ?? 1 : 0)
            if needed > model.contextWindow { return .contextTooSmall(window: model.contextWindow, needed: needed) }
            if let asked = request.maximumOutput, model.capabilities.contains(.chat), asked > model.maximumOutput {
                return .outputTooLong(limit: model.maximumOutput, asked: asked)
            }
            if let wanted = request.minimumQuality, model.quality(for: request.task) < wanted {
                return .qualityTooLow(model.quality(for: request.task), wanted: wanted)
            }
            return nil
        }

        private func objection(
            to deployment: Deployment, _ reading: HealthReading, _ hasKey: (KeyReference) -> Bool
        ) -> RouteRejection.Cause? {
            if let key = deployment.key, !hasKey(key) { return .keyMissing(key) }
            switch reading.availability {
            case .ready: return nil
            case .circuitOpen(let seconds): return .circuitOpen(seconds: seconds)
            case .rateLimited(let seconds): return .rateLimited(seconds: seconds)
            // Who names a model may have started it a moment ago.
            case .absent: return isNamed ? nil : .notRunning
            }
        }

        private func objection(to candidate: RouteCandidate) -> RouteRejection.Cause? {
            if let limit = request.maximumCost, candidate.worstCost > limit { return .tooDear(candidate.worstCost, limit: limit) }
            if let left = request.budgetLeft, candidate.worstCost > left { return .overBudget(candidate.worstCost, left: left) }
            if let limit = request.maximumSeconds, candidate.highSeconds > limit {
                return .tooSlow(candidate.highSeconds, limit: limit)
            }
            return nil
        }

        /// The tokens of all answers when one has so many.
        private func all(_ output: Int) -> Int { min(output * request.choices, TokenUsage.maximumTokens) }

        private func candidate(
            _ model: Model, _ deployment: Deployment, _ reading: HealthReading
        ) throws(UsageError) -> RouteCandidate {
            let input = inputTokens(for: model)
            // Vectors are no output that has tokens.
            let most =
                request.needs.contains(.embeddings)
                ? 0 : min(request.maximumOutput ?? model.maximumOutput, model.maximumOutput, model.contextWindow - input)
            let expected = min(Double(most), reading.meanOutput > 0 ? reading.meanOutput : ModelRouter.usualOutput)
            let price = deployment.prices.price(at: time)
            // The input is paid once, however many answers are asked for.
            let usage = TokenUsage(input: input, output: all(Int(expected.rounded())), images: request.images)
            let (first, each) = (deployment.expectation.timeToFirstToken, deployment.expectation.timePerToken)
            let firstToken = reading.firstToken ?? (first, first * 2)
            let perToken = reading.perToken ?? (each, each * 2)
            let worst = try price.worstCase(input: input, output: all(most), images: request.images)
            return RouteCandidate(
                model, deployment, price, tokens: (input, most), cost: (try price.cost(of: usage), worst),
                seconds: (
                    firstToken.median, firstToken.median + perToken.median * expected, firstToken.high + perToken.high * expected
                ),
                isMeasured: reading.firstToken != nil || reading.perToken != nil, quality: model.quality(for: request.task),
                errorRate: reading.errorRate)
        }
    }
}
