import ModelRouting
import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct RouterTests {
    private let now = ContinuousClock.now
    private let time = TestClock.time("2026-11-21T12:00:00Z")

    private func decide(
        _ request: RouteRequest, _ health: HealthBoard = HealthBoard(), keys: Set<String> = ["ONE_KEY", "TWO_KEY"]
    ) throws -> RouteDecision {
        let router = ModelRouter(health: health) { key in
            if case .environment(let name) = key { keys.contains(name) } else { false }
        }
        return try router.decide(request, in: try SampleRegistry.read(), time: time, now: now)
    }

    private func request(
        _ model: String, _ needs: Capabilities = .chat, input: Int = 1000, _ change: (inout RouteRequest) -> Void = { _ in }
    )
        -> RouteRequest
    {
        var request = RouteRequest(model: model, needs: needs, inputTokens: input)
        change(&request)
        return request
    }

    @Test(arguments: [
        ("auto", Capabilities.chat, "small@home"), ("auto:cheap", Capabilities.chat, "small@home"),
        ("auto:best", Capabilities.chat, "good@two"), ("auto:fast", Capabilities.tools, "cheap@one"),
        ("auto:cheap", Capabilities.tools, "cheap@one"), ("auto", Capabilities.images, "good@two"),
        ("auto", Capabilities.embeddings, "vectors@one"), ("good", Capabilities.chat, "good@two"),
        ("local", Capabilities.chat, "small@home"),
    ])
    func choosesByWish(_ model: String, _ needs: Capabilities, _ choice: String) throws {
        #expect(try decide(request(model, needs)).choice?.deployment.id == choice)
    }

    @Test func aLocalModelThatDoesNotRunIsPassedOverUnlessItIsNamed() throws {
        let health = HealthBoard()
        health.setAbsent(["small@home"])
        let decision = try decide(request("auto"), health)
        #expect(decision.choice?.deployment.isLocal == false)
        let rejection = try #require(decision.rejected.first { $0.model == "small" })
        #expect(rejection.code == "not-running")
        #expect(rejection.sentence == "small at home does not run on this machine now")
        #expect(try decide(request("local"), health).choice?.deployment.id == "small@home")
        health.setAbsent([])
        #expect(try decide(request("auto"), health).choice?.deployment.id == "small@home")
    }

    @Test func theInputOfSeveralAnswersIsPaidOnce() throws {
        func candidate(_ choices: Int) throws -> RouteCandidate {
            let asked = request("good") { ($0.choices, $0.maximumOutput) = (choices, 100) }
            return try #require(try decide(asked).choice)
        }
        let (one, ten) = (try candidate(1), try candidate(10))
        let output = one.price.rates.output.nanoDollars * 100 / 1_000_000
        #expect(ten.worstCost.nanoDollars - one.worstCost.nanoDollars == 9 * output)
        #expect(ten.expectedCost.nanoDollars - one.expectedCost.nanoDollars == 9 * output)
    }

    @Test func theSameStateGivesTheSameChoice() throws {
        let first = try decide(request("auto", [.chat, .tools])).candidates.map(\.deployment.id)
        for _ in 0..<20 { #expect(try decide(request("auto", [.chat, .tools])).candidates.map(\.deployment.id) == first) }
    }

    @Test(arguments: [
        ("small", "capability-missing", "small can not do what the call needs: tools"),
        ("cheap", "context-too-small", "cheap holds 100000 tokens; the call needs 200001"),
        ("spread", "context-too-small", "spread holds 50000 tokens; the call needs 200001"),
        ("vectors", "capability-missing", "vectors can not do what the call needs: chat, tools"),
    ])
    func tellsWhyOthersAreOut(_ model: String, _ code: String, _ sentence: String) throws {
        let decision = try decide(request("auto", [.chat, .tools], input: 200_000))
        #expect(decision.candidates.map(\.model.id) == ["good"])
        let rejection = try #require(decision.rejected.first { $0.model == model })
        #expect(rejection.code == code)
        #expect(rejection.sentence == sentence)
        #expect(decision.reasons[0] == "good is the only model that can take the call")
    }

    @Test func everyBoundSortsOut() throws {
        func code(_ model: String, _ change: (inout RouteRequest) -> Void) throws -> String? {
            try decide(request("auto", .chat, input: 1000, change)).rejected.first { $0.model == model }?.code
        }
        #expect(try code("good") { $0.maximumCost = Money(nanoDollars: 1_000_000) } == "too-dear")
        #expect(try code("good") { $0.budgetLeft = Money(nanoDollars: 1_000_000) } == "over-budget")
        #expect(try code("good") { $0.maximumSeconds = 5 } == "too-slow")
        #expect(try code("small") { $0.minimumQuality = 41 } == "quality-too-low")
        #expect(try code("small") { $0.task = .code } == "not-for-this-task")
        #expect(try code("small") { $0.maximumOutput = 4096 } == "output-too-long")
        #expect(try code("small") { $0.allowed = ModelAllowList(["ch*", "good"]) } == "not-allowed")
        #expect(try code("good") { $0.allowed = ModelAllowList(["best-of-two"]) } == nil)
        #expect(
            try decide(request("auto"), keys: ["ONE_KEY"]).rejected.first { $0.model == "good" }?.sentence
                == "good at two can not be called: TWO_KEY is not set")
    }

    /// Each picture counts by the model's own rule, in what a call needs and in what it may cost.
    @Test func picturesAreCountedAndReserved() throws {
        let router = ModelRouter(
            health: HealthBoard(), hasKey: { _ in true }, imageTokens: { $0.id == "small" ? 8000 : 1000 })
        var asked = request("auto", .chat, input: 100)
        asked.images = 2
        asked.maximumOutput = 10
        let decision = try router.decide(asked, in: try SampleRegistry.read(), now: now)
        #expect(decision.rejected.contains { $0.model == "small" && $0.code == "context-too-small" })
        let cheap = try #require(decision.candidates.first { $0.model.id == "cheap" })
        #expect(cheap.inputTokens == 2100)
        #expect(cheap.worstCost.nanoDollars == 2100 * 100 + 10 * 400)
    }

    @Test func learnsSpeedHealthAndLimits() throws {
        let health = HealthBoard()
        // The one that should be slow is measured to be fast.
        for _ in 0..<10 {
            health.report(
                try #require(health.admit("good@two", now: now)), .answered(firstToken: 0.05, total: 0.1, outputTokens: 50),
                now: now)
        }
        let fast = try decide(request("auto:fast", [.chat, .tools]), health)
        #expect(fast.choice?.deployment.id == "good@two")
        #expect(fast.choice?.isMeasured == true)
        health.report(try #require(health.admit("good@two", now: now)), .rateLimited(retryAfter: 30), now: now)
        let limited = try decide(request("auto:fast", [.chat, .tools]), health)
        #expect(limited.choice?.deployment.id == "cheap@one")
        #expect(limited.rejected.contains { $0.sentence == "good at two asked to be left alone for 30 s" })
        for _ in 0..<5 { health.report(try #require(health.admit("cheap@one", now: now)), .failed, now: now) }
        #expect(try decide(request("cheap"), health).rejected.contains { $0.code == "circuit-open" })
    }

    @Test func aNamedModelPrefersItsBetterDeploymentAndThenItsFallbacks() throws {
        #expect(try decide(request("spread")).candidates.map(\.deployment.id) == ["spread@one", "spread@two"])
        let health = HealthBoard()
        for _ in 0..<5 { health.report(try #require(health.admit("spread@one", now: now)), .failed, now: now) }
        #expect(try decide(request("spread"), health).candidates.map(\.deployment.id) == ["spread@two"])
        let decision = try decide(request("cheap"))
        #expect(decision.candidates.map(\.deployment.id) == ["cheap@one", "good@two"])
        #expect(decision.reasons[0] == "the request names cheap")
        let standIn = try decide(request("cheap"), keys: ["TWO_KEY"])
        #expect(standIn.reasons[0] == "cheap can not take the call now; good stands in for it")
    }

    @Test func wrongRequestsAreToldApart() throws {
        func error(_ request: RouteRequest, keys: Set<String> = ["ONE_KEY", "TWO_KEY"]) -> String? {
            do {
                _ = try RouteAttempts(try decide(request, keys: keys)).candidate
                return nil
            } catch {
                return (error as? RouteError)?.code
            }
        }
        #expect(error(request("chaep")) == "model-not-found")
        #expect(error(request("small", input: 9000)) == "context-length-exceeded")
        #expect(error(request("auto", input: 2_000_000)) == "no-model-eligible")
        #expect(error(request("good") { $0.allowed = ModelAllowList(["cheap"]) }) == "model-not-allowed")
        #expect(error(request("spread"), keys: []) == "no-model-eligible")
        #expect(error(request("auto", input: -1)) == "invalid-route-request")
        #expect(error(request("auto", input: .max)) == "invalid-route-request")
        #expect(error(request("auto") { $0.maximumCost = Money(nanoDollars: -1) }) == "invalid-route-request")
        #expect(error(request("auto") { $0.maximumSeconds = .nan }) == "invalid-route-request")
        #expect(error(request("auto") { $0.maximumOutput = 0 }) == "invalid-route-request")
    }

    @Test func worstCostIsReservedAndSavingsAreCounted() throws {
        let decision = try decide(request("auto:cheap", [.chat, .tools]) { $0.maximumOutput = 500 })
        let choice = try #require(decision.choice)
        #expect(choice.worstCost.nanoDollars == 1000 * 100 + 500 * 400)
        // The dearest that could have taken it is `good`: 5 and 25 dollars a million.
        let usage = TokenUsage(input: 1000, output: 100)
        #expect(try decision.saving(of: usage, by: choice).nanoDollars == 1000 * 5000 + 100 * 25_000 - 1000 * 100 - 100 * 400)
    }

    @Test func decisionsAreKeptAndToldAgain() async throws {
        let scratch = try TemporaryFolder("routing")
        let database = try await scratch.open()
        let log = DecisionLog(database, maximumRows: 5)
        var decisions: [RouteDecision] = []
        for number in 0..<8 {
            decisions.append(
                try decide(
                    request("auto", [.chat, .tools], input: 60_000) {
                        $0.maximumCost = Money(nanoDollars: 6_000_000 + Int64(number))
                    },
                    keys: number == 7 ? [] : ["ONE_KEY", "TWO_KEY"]))
        }
        for decision in decisions { #expect(log.record(decision, key: "k")) }
        async let running: Void = log.run()
        await log.drain()
        try await running
        #expect(!log.record(decisions[0], key: "k"))
        for (place, decision) in decisions.enumerated() {
            #expect((try await log.find(decision.id, key: "k") != nil) == (place >= 3))
        }
        let told = try #require(try await log.find(decisions[6].id, key: "k"))
        #expect(told["reasons"] == decisions[6].json["reasons"])
        // Sentences made of what is kept are those that were told at once.
        #expect(told["rejected"] == decisions[6].json["rejected"])
        #expect(try await log.find(decisions[7].id)?["rejected"] == decisions[7].json["rejected"])
        #expect(try await log.find(decisions[6].id, key: "other") == nil)
        #expect(try await log.find(decisions[0].id) == nil)
        await database.close()
    }
}

@Suite struct RouteAttemptsTests {
    private func attempts(_ model: String) throws -> RouteAttempts {
        let router = ModelRouter(health: HealthBoard()) { _ in true }
        return try RouteAttempts(
            try router.decide(RouteRequest(model: model, needs: .chat, inputTokens: 10), in: try SampleRegistry.read()))
    }

    /// Whom a failure leads to; `nil` for nobody.
    private func next(_ model: String, after failure: CallFailure) throws -> String? {
        switch try attempts(model).failing(failure) {
        case .next(let attempts): attempts.candidate.deployment.id
        case .exhausted: nil
        }
    }

    @Test(arguments: [
        (CallFailure.error, "good@two"), (.rateLimited, "good@two"), (.timeout, "good@two"), (.contextOverflow, "good@two"),
        (.contentFilter, "good@two"), (.unavailable, "good@two"), (.unaffordable, ""), (.request, ""),
    ])
    func goesOnOnlyWhereItHelps(_ failure: CallFailure, _ expected: String) throws {
        #expect((try next("cheap", after: failure) ?? "") == expected)
    }

    @Test func aSmallerContextAndTheSameFilterAreNoHelp() throws {
        // Two deployments of one model have the same window.
        #expect(try next("spread", after: .contextOverflow) == nil)
        #expect(try next("spread", after: .contentFilter) == "spread@two")
    }

    @Test func tellsAllThatWasTried() throws {
        guard case .next(let second) = try attempts("cheap").failing(.timeout) else { return #expect(Bool(false)) }
        let before = second.failed
        #expect(before.map(\.deployment) == ["cheap@one"])
        guard case .exhausted(let failed) = second.failing(.error) else { return #expect(Bool(false)) }
        #expect(failed.map(\.failure) == [.timeout, .error])
    }
}
