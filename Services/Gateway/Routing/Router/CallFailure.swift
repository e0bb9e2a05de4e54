/// Why an attempt has failed before the caller had anything of its answer.
package enum CallFailure: String, Sendable, Hashable {
    /// 5xx, unreachable, closed early, not understood.
    case error
    /// 429 or 529.
    case rateLimited = "rate-limited"
    /// No answer in time.
    case timeout
    /// The input was too long for the model after all.
    case contextOverflow = "context-overflow"
    /// The provider would not answer this.
    case contentFilter = "content-filter"
    /// It was not even tried: the circuit has opened or a limit was met meanwhile.
    case unavailable
    /// It was not even tried: its reservation does not fit into the budget.
    case unaffordable
    /// It was not even tried: its provider has no words for a field of the call.
    case unsupported
    /// The request itself is wrong; it would be wrong anywhere.
    case request

    /// Whether another candidate can do better than the one that failed.
    func isWorthTrying(_ next: RouteCandidate, after failed: RouteCandidate) -> Bool {
        switch self {
        case .error, .rateLimited, .timeout, .unavailable, .unsupported: true
        case .contextOverflow: next.model.contextWindow > failed.model.contextWindow
        // The same provider has the same filter in front of all its models.
        case .contentFilter: next.deployment.provider != failed.deployment.provider
        case .unaffordable: next.worstCost < failed.worstCost
        case .request: false
        }
    }
}
