/// How many tokens a model can have made that thinks unseen, by the time that it had.
enum ThinkingTime {
    /// Tokens a second. Services that keep their models' thoughts to themselves (OpenAI, Anthropic, Google) write at some tens to
    /// some hundreds; this is well beyond them, and for a model that is faster still its measured speed counts.
    private static let fastest = 1000.0
    /// How much faster than usual a call may be.
    private static let margin = 2.0
    /// Seconds until a provider sees that its answer is no longer read.
    private static let notice = 2.0

    /// - Parameters:
    ///   - seconds: from sending the call to its end.
    ///   - secondsPerToken: what calls of the deployment usually take for each token; `nil` when that is not known.
    static func mostTokens(in seconds: Double, secondsPerToken: Double?) -> Int {
        let measured = secondsPerToken.map { margin / max($0, 1e-6) } ?? 0
        // A day is longer than any call.
        return Int((min(max(0, seconds), 86_400) + notice) * max(fastest, measured))
    }
}
