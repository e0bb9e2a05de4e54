/// What became of a call to an upstream, as far as its health is concerned.
package enum CallOutcome: Sendable, Hashable {
    /// Answered.
    /// - Parameters:
    ///   - firstToken: seconds from sending the request to the first token; `nil` for an answer in one piece.
    ///   - total: seconds from sending the request to the end.
    ///   - outputTokens: how many the answer had.
    case answered(firstToken: Double?, total: Double, outputTokens: Int)
    /// Unreachable, 503 without Retry-After, any other 5xx but 529, garbage, closed early, or no answer in time.
    case failed
    /// 429, 529 or 503, with the seconds of Retry-After when there were any; a 503 has them, or has failed.
    case rateLimited(retryAfter: Double?)
    /// The request was at fault, the upstream is well.
    case refusedRequest
    /// The caller went away: nothing is known.
    case abandoned
}
