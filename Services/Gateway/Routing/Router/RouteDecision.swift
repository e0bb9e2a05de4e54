package import Primitives

/// Where a call goes, and why. A class, so that a call passes it on by one reference.
package final class RouteDecision: Sendable {
    package let id: String
    package let time: Timestamp
    package let request: RouteRequest
    /// `nil` when the request named a model.
    package let preference: RoutePreference?
    /// In the order in which they are tried; the first one is the choice.
    package let candidates: [RouteCandidate]
    /// In the registry's order.
    package let rejected: [RouteRejection]
    /// Whether the choice is local because local comes first.
    package let isLocalFirst: Bool

    init(
        id: String, time: Timestamp, request: RouteRequest, preference: RoutePreference?, candidates: [RouteCandidate],
        rejected: [RouteRejection], isLocalFirst: Bool
    ) {
        (self.id, self.time, self.request, self.preference) = (id, time, request, preference)
        (self.candidates, self.rejected, self.isLocalFirst) = (candidates, rejected, isLocalFirst)
    }

    package var choice: RouteCandidate? { candidates.first }

    /// Why this one, for people.
    package var reasons: [String] {
        RouteReasons(self).sentences(fallbacks: candidates.dropFirst().map(\.deployment.id))
    }

    /// What the router saved with this choice over the dearest one that could have taken the call, or over the model that was
    /// named.
    /// - Parameters:
    ///   - usage: what the call used.
    ///   - candidate: who took it.
    /// - Returns: never less than zero.
    /// - Throws: `UsageError` when the usage can not be.
    package func saving(of usage: TokenUsage, by candidate: RouteCandidate) throws(UsageError) -> Money {
        let spent = try candidate.price.cost(of: usage)
        var most = spent
        for other in candidates where other !== candidate && (preference != nil || other.model.id == candidates[0].model.id) {
            most = max(most, try other.price.cost(of: usage))
        }
        return most - spent
    }

    /// The answer of `POST /gateway/route` and the stored form.
    package var json: JSONValue {
        [
            "id": .string(id), "time": .string(time.iso8601), "requested": .string(request.model),
            "preference": JSONValue(preference?.rawValue), "task": JSONValue(request.task?.rawValue),
            "needs": .array(request.needs.names.map(JSONValue.string)), "input_tokens": JSONValue(request.inputTokens),
            "choice": choice?.json ?? .null, "fallbacks": .array(candidates.dropFirst().map(\.json)),
            "rejected": .array(rejected.map(\.json)), "reasons": .array(reasons.map(JSONValue.string)),
        ]
    }

    /// The least that the call could cost where it is only a budget that keeps it from going anywhere.
    package var leastOverBudget: Money? {
        guard candidates.isEmpty, case .overBudget = refusal else { return nil }
        return rejected.compactMap(\.overBudget).min()
    }

    /// Why nothing can take the call, from what speaks against those that came nearest.
    package var refusal: RouteError {
        let isNamed = preference == nil
        if isNamed, rejected.allSatisfy({ $0.cause == .notAllowed }) { return .modelNotAllowed(request.model) }
        let near = rejected.filter { $0.cause != .notAllowed }
        if let soonest = near.compactMap(\.passesAfter).min() {
            let first = near.first { $0.passesAfter == soonest }?.sentence ?? ""
            return .unavailable("no model can take the call now: \(first)", retryAfter: soonest)
        }
        if let rejection = near.first(where: { $0.overBudget != nil }) { return .overBudget(rejection.sentence) }
        let tooLong = near.filter {
            switch $0.cause {
            case .contextTooSmall: true
            default: false
            }
        }
        if let largest = tooLong.last, tooLong.count == near.count || isNamed { return .contextOverflow(largest.sentence) }
        let sentences = near.prefix(5).map(\.sentence)
        guard !sentences.isEmpty else { return .noneEligible("your key may use none of the models") }
        let rest = near.count - sentences.count
        return .noneEligible(
            "no model can take the call: " + sentences.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : ""))
    }
}
