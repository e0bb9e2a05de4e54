package import Primitives

/// A deployment that can take the call, and what is to be expected of it. A class, so that a call passes it on by one reference.
package final class RouteCandidate: Sendable {
    package let model: Model
    package let deployment: Deployment
    /// The price that holds now.
    package let price: Price
    package let inputTokens: Int
    /// The most output tokens that the call may ask for here.
    package let maximumOutput: Int
    /// What the call is likely to cost.
    package let expectedCost: Money
    /// The most that it can cost: what budgets reserve.
    package let worstCost: Money
    /// Seconds to the first token and to the end that are likely.
    package let expectedFirstToken: Double
    package let expectedSeconds: Double
    /// Seconds to the end that nine of ten calls stay below.
    package let highSeconds: Double
    /// Whether the times were measured; otherwise the registry's expectation.
    package let isMeasured: Bool
    /// 0 to 100 for the task.
    package let quality: Int
    /// Share of failed calls of late, 0 to 1.
    package let errorRate: Double

    /// - Parameters:
    ///   - tokens: of the input, and the most of the output.
    ///   - cost: what is likely, and the most.
    ///   - seconds: to the first token and to the end as is likely, and to the end at the most.
    init(
        _ model: Model, _ deployment: Deployment, _ price: Price, tokens: (input: Int, output: Int),
        cost: (expected: Money, worst: Money), seconds: (firstToken: Double, expected: Double, high: Double), isMeasured: Bool,
        quality: Int, errorRate: Double
    ) {
        (self.model, self.deployment, self.price) = (model, deployment, price)
        (inputTokens, maximumOutput) = tokens
        (expectedCost, worstCost) = cost
        (expectedFirstToken, expectedSeconds, highSeconds) = seconds
        (self.isMeasured, self.quality, self.errorRate) = (isMeasured, quality, errorRate)
    }

    package var json: JSONValue {
        [
            "model": .string(model.id), "provider": .string(deployment.provider), "deployment": .string(deployment.id),
            "local": .bool(deployment.isLocal), "quality": JSONValue(quality), "expected_cost": expectedCost.json,
            "worst_cost": worstCost.json, "expected_first_token_seconds": .number(expectedFirstToken),
            "expected_seconds": .number(expectedSeconds), "measured": .bool(isMeasured), "error_rate": .number(errorRate),
            "reason": .string(sentence),
        ]
    }

    /// What speaks for it, for people.
    package var sentence: String { RouteReasons.Choice(self).sentence }
}

/// How numbers are told to people.
enum Sentence {
    static func seconds(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return value < 0.05
            ? "\(Int((value * 1000).rounded())) ms" : value < 10 ? "\(tenths / 10).\(tenths % 10) s" : "\(tenths / 10) s"
    }
}
