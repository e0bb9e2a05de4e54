/// One more token after those of another hypothesis; hypotheses that share a beginning share its memory.
final class Hypothesis {
    let token: Int
    let logProbability: Float
    /// The sum over this token and all before it.
    let score: Float
    /// How many tokens there are.
    let count: Int
    let previous: Hypothesis?
    /// Where the alignment heads looked when the token was chosen: [heads, positions]; empty when that is not wanted.
    let attention: [Float]

    init(token: Int, logProbability: Float, after previous: Hypothesis?, attention: [Float]) {
        (self.token, self.logProbability, self.previous, self.attention) = (token, logProbability, previous, attention)
        score = (previous?.score ?? 0) + logProbability
        count = (previous?.count ?? 0) + 1
    }

    /// From the first token to this one.
    var path: [Hypothesis] {
        var path: [Hypothesis] = []
        path.reserveCapacity(count)
        var next: Hypothesis? = self
        while let hypothesis = next {
            path.append(hypothesis)
            next = hypothesis.previous
        }
        return path.reversed()
    }
}
