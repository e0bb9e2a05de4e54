import HTTP
import ModelProtocols
import ModelRouting
import Primitives

/// Where a call's answer is kept, and what the caller wants of it.
struct CacheEntry: Sendable {
    let key: CacheKey
    let control: CacheControl
}

extension ModelDispatcher {
    private static let log = Log("gateway.cache")

    /// - Returns: `nil` for calls that have nothing to do with the cache.
    func cacheEntry(_ request: DoorRequest, _ plan: CallPlan) -> CacheEntry? {
        guard let control = plan.caller.cache, let choice = plan.decision.choice else { return nil }
        let document: JSONValue
        // Exactly: two identifiers in a tool's schema that differ in their last digit ask for different answers.
        do { document = try JSONValue(parsing: request.body, isExact: true) } catch { return nil }
        // The answer is kept in the form in which it was given.
        let form = "\(request.door.rawValue):\(request.stream ? "stream" : "whole"):\(request.betas.passed ?? ""):"
        let scope = (control.scope ?? .key).identity(
            key: plan.caller.key, user: plan.caller.user, organisation: plan.caller.organisation)
        return CacheEntry(key: CacheKey(request: document, model: choice.model.id, scope: form + scope), control: control)
    }

    /// The answer from the cache, if it is there; that the cache can not be read is no failure of the call.
    func cached(_ entry: CacheEntry, _ plan: CallPlan, _ request: DoorRequest) async -> ModelAnswer? {
        let found: CacheHit?
        do {
            found = try await cache.find(entry.key, entry.control)
        } catch {
            Self.log.warning("the cache could not be read", ["error": .string("\(error)")])
            return nil
        }
        guard let choice = plan.decision.choice, let hit = found else { return nil }
        limiter.correct(plan.taken, used: 0)
        let record = ending(
            of: plan, choice, usage: hit.response.usage, cost: .zero, .answered, fallbacks: 0, cachedCost: hit.response.cost)
        let body = hit.response.events.reduce(into: Bytes()) { $0 += $1 }
        await self.record(record, plan, answer: body)
        var headers = Self.headers(choice, plan)
        headers.add("X-AVStudio-Cache", "hit")
        headers.add("X-AVStudio-Cost", Self.decimal(.zero))
        headers.add("Age", "\(Int(hit.age))")
        return ModelAnswer(
            mediaType: request.stream ? "text/event-stream" : "application/json", headers: headers,
            body: .whole(body))
    }

    /// Keeps an answer; that it can not be kept is no failure of the call.
    func keep(_ pieces: [Bytes], _ entry: CacheEntry, _ call: RunningCall, _ usage: TokenUsage, _ cost: Money) async {
        // A fallback's answer is not the one that the same call should get again.
        guard call.fallbacks == 0 else { return }
        let response = CachedResponse(
            model: call.candidate.model.id, provider: call.candidate.deployment.provider, usage: usage, cost: cost, events: pieces)
        do {
            try await cache.store(response, for: entry.key, entry.control)
        } catch {
            Self.log.warning("an answer could not be cached", ["error": .string("\(error)")])
        }
    }
}
