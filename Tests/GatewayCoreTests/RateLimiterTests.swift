import Contracts
import GatewayCore
import Persistence
import Primitives
import Testing

struct RateLimiterTests {
    private static func limits(_ requests: Int, _ seconds: Double) -> RateLimits {
        RateLimits(tiers: ["standard": ["default": RateRule(requests: requests, windowSeconds: seconds)]])
    }

    @Test(arguments: [(1, 1.0), (5, 10), (100, 60), (7, 3.5)]) func bucketsHoldAndFillExactly(_ requests: Int, _ window: Double)
        async throws
    {
        try await Studio.with { studio in
            let limiter = studio.gateway.limiter
            try await limiter.set(Self.limits(requests, window))
            let start = ContinuousClock.now
            func take(_ seconds: Double) -> RateDecision {
                limiter.take(key: "k", owner: "o", tier: "standard", endpoint: "files", now: start + .seconds(seconds))
            }
            for number in 1...requests {
                let decision = take(0)
                #expect(decision.isAllowed)
                #expect(decision.remaining == requests - number)
            }
            let refused = take(0)
            #expect(!refused.isAllowed)
            #expect(refused.remaining == 0)
            let step = window / Double(requests)
            #expect(refused.resetSeconds == Int(step.rounded(.up)))
            #expect(!take(step * 0.999).isAllowed)
            #expect(take(step * 1.001).isAllowed)
            #expect(!take(step * 1.002).isAllowed)
            // Never more than it holds, however long nobody came.
            let allowed = (0..<requests + 5).filter { _ in take(window * 1000).isAllowed }
            #expect(allowed.count == requests)
        }
    }

    @Test func keysAndClassesAreCountedApart() async throws {
        try await Studio.with { studio in
            let limiter = studio.gateway.limiter
            try await limiter.set(
                RateLimits(tiers: [
                    "standard": [
                        "default": RateRule(requests: 1, windowSeconds: 100), "files": RateRule(requests: 1, windowSeconds: 100),
                    ],
                    "gold": ["default": RateRule(requests: 2, windowSeconds: 100)],
                ]))
            let now = ContinuousClock.now
            func take(_ key: String, _ tier: String, _ endpoint: String) -> Bool {
                limiter.take(key: key, owner: key, tier: tier, endpoint: endpoint, now: now).isAllowed
            }
            #expect(take("a", "standard", "files"))
            #expect(!take("a", "standard", "files"))
            #expect(take("a", "standard", "audio"))
            // Classes without a rule of their own share one bucket: an invented path is no way around it.
            #expect(!take("a", "standard", "keys"))
            #expect(!take("a", "standard", "invented"))
            #expect(take("b", "standard", "files"))
            #expect(take("c", "gold", "files"))
            #expect(take("c", "gold", "audio"))
            #expect(!take("c", "gold", "files"))
            // An unknown tier is a standard one.
            #expect(take("d", "unheard-of", "files"))
            #expect(!take("d", "unheard-of", "files"))
        }
    }

    @Test func moreKeysAreNoWayAroundALimit() async throws {
        try await Studio.with { studio in
            let limiter = studio.gateway.limiter
            try await limiter.set(Self.limits(2, 100))
            let now = ContinuousClock.now
            func take(_ key: String, of owner: String) -> RateDecision {
                limiter.take(key: key, owner: owner, tier: "standard", endpoint: "files", now: now)
            }
            let most = 2 * RateLimiter.ownerShare
            // What one key may not do counts for nobody else.
            #expect((0..<100).count { _ in take("greedy", of: "ann").isAllowed } == 2)
            #expect((0..<100).count { take("key\($0)", of: "ann").isAllowed } == most - 2)
            let refused = take("new", of: "ann")
            #expect(refused.policy == "owner-default" && refused.rule.requests == most && refused.remaining == 0)
            #expect(take("key", of: "bob").isAllowed)
        }
    }

    @Test(arguments: [
        ("/auth/login", "auth"), ("/me", "me"), ("/organisations/a", "organisations"), ("/users", "users"),
        ("/invitations", "invitations"), ("/webhooks/a", "webhooks"), ("/v1/models", "llm"), ("/v1/audio/speech", "audio"),
    ])
    func everyPathCanHaveItsRule(_ path: String, _ name: String) async throws {
        try await Studio.with { studio in
            let rule = RateRule(requests: 1, windowSeconds: 1)
            try await studio.gateway.limiter.set(RateLimits(tiers: ["standard": ["default": rule, name: rule]]))
            let key = try await studio.gateway.keys.create(
                KeyRequest(name: "k", tier: "standard", scopes: [.admin]), by: .administrator)
            let decision = try await studio.gateway.authorizer.decide(Credential(text: key.text), method: "GET", path: path)
            guard case .allowed(_, let rate) = decision else {
                Issue.record("\(decision)")
                return
            }
            #expect(rate.policy == name)
        }
    }

    @Test func newLimitsHoldAtOnceAndAfterARestart() async throws {
        try await Studio.with { studio in
            let now = ContinuousClock.now
            func isAllowed(after seconds: Double = 0) -> Bool {
                studio.gateway.limiter.take(key: "k", owner: "o", tier: "standard", endpoint: "files", now: now + .seconds(seconds))
                    .isAllowed
            }
            try await studio.gateway.limiter.set(Self.limits(1, 86_400))
            #expect(isAllowed())
            #expect(!isAllowed())
            // Changing the limits is no fresh start for those who used theirs up.
            try await studio.gateway.limiter.set(Self.limits(10, 10))
            #expect(!isAllowed())
            #expect(isAllowed(after: 1.01))
            try await studio.restart()
            #expect(studio.gateway.limiter.limits == Self.limits(10, 10))
        }
    }

    @Test(arguments: [
        (RateLimits(tiers: [:]), "tiers.standard.default"), (limits(0, 60), "tiers.standard.default"),
        (limits(1_000_001, 60), "tiers.standard.default"), (limits(1, 0.5), "tiers.standard.default"),
        (limits(1, .nan), "tiers.standard.default"), (limits(1, .infinity), "tiers.standard.default"),
        (
            RateLimits(tiers: [
                "standard": ["default": RateRule(requests: 1, windowSeconds: 1)],
                "x": ["y": RateRule(requests: 1, windowSeconds: 1)],
            ]),
            "tiers.x.y"
        ),
    ])
    func wrongLimitsAreNamed(_ limits: RateLimits, _ field: String) async throws {
        try await Studio.with { studio in
            let before = studio.gateway.limiter.limits
            do {
                try await studio.gateway.limiter.set(limits)
                Issue.record("must be refused")
            } catch GatewayError.limits(let named, _) {
                #expect(named == field)
            }
            #expect(studio.gateway.limiter.limits == before)
        }
    }

    @Test func memoryIsBounded() async throws {
        try await Studio.with { studio in
            let limiter = try await RateLimiter(studio.database, maximumBuckets: 64)
            let now = ContinuousClock.now
            for number in 0..<1000 {
                _ = limiter.take(key: "key\(number)", owner: "o", tier: "standard", endpoint: "files", now: now)
            }
            #expect(limiter.bucketCount <= 64)
            limiter.forgetIdle(now: now)
            #expect(limiter.bucketCount > 0)
            limiter.forgetIdle(now: now + .seconds(3600))
            #expect(limiter.bucketCount == 0)
        }
    }
}
