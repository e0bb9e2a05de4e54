import Primitives

/// So many requests in so many seconds.
package struct RateRule: Sendable, Hashable, Codable {
    /// 1 to 1,000,000.
    package var requests: Int
    /// 1 to 86,400.
    package var windowSeconds: Double

    package init(requests: Int, windowSeconds: Double) {
        (self.requests, self.windowSeconds) = (requests, windowSeconds)
    }

    enum CodingKeys: String, CodingKey {
        case requests
        case windowSeconds = "window_seconds"
    }
}

/// The limits of the studio: by tier, then by endpoint class; the class `default` holds for every other.
package struct RateLimits: Sendable, Hashable, Codable {
    /// Endpoint classes that can have rules of their own, as `AccessRules.endpoint` gives them; the others share `default`.
    package static let classes = [
        "default", "files", "keys", "audio", "video", "llm", "gateway", "auth", "me", "organisations", "users", "invitations",
        "webhooks", "hooks", "api",
    ]

    package var tiers: [String: [String: RateRule]]

    package init(tiers: [String: [String: RateRule]]) {
        self.tiers = tiers
    }

    /// What holds until somebody sets something else.
    package static let standard = RateLimits(tiers: [
        "standard": ["default": RateRule(requests: 600, windowSeconds: 60)],
        "owner": ["default": RateRule(requests: 60_000, windowSeconds: 60)],
    ])

    /// - Throws: `GatewayError.limits` naming what is wrong.
    package func validate() throws(GatewayError) {
        guard tiers["standard"]?["default"] != nil else {
            throw .limits(field: "tiers.standard.default", "the tier standard must have a default rule")
        }
        for (tier, classes) in tiers.sorted(by: { $0.key < $1.key }) {
            for (name, rule) in classes.sorted(by: { $0.key < $1.key }) {
                let field = "tiers.\(tier).\(name)"
                guard Self.classes.contains(name) else {
                    throw .limits(
                        field: field, "there is no endpoint class \(name); the classes are: \(Self.classes.joined(separator: ", "))"
                    )
                }
                guard (1...1_000_000).contains(rule.requests), (1...86_400).contains(rule.windowSeconds) else {
                    throw .limits(field: field, "requests must be 1 to 1000000, window_seconds 1 to 86400")
                }
            }
        }
    }

    /// The rule for a tier and a class of endpoints, and the rule's own class.
    func rule(tier: String, endpoint: String) -> (rule: RateRule, endpoint: String) {
        for tier in [tier, "standard"] {
            if let rule = tiers[tier]?[endpoint] { return (rule, endpoint) }
            if let rule = tiers[tier]?["default"] { return (rule, "default") }
        }
        return (RateRule(requests: 600, windowSeconds: 60), "default")
    }
}
