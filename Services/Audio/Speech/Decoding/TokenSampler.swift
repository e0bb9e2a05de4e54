import Glibc

/// Chooses the next token: the likeliest at temperature 0, else drawn from exp(score / temperature).
struct TokenSampler {
    private let temperature: Float
    private var state: UInt64
    private var weights: [Float] = []

    /// - Parameters:
    ///   - temperature: at least 0.
    ///   - seed: equal seeds draw equal tokens.
    init(temperature: Float, seed: UInt64) {
        (self.temperature, state) = (temperature, seed)
    }

    /// - Returns: the token and the logarithm of its probability at temperature 1.
    mutating func next(_ scores: UnsafeBufferPointer<Float>) -> (token: Int, logProbability: Float) {
        let best = Logits.highest(scores)
        let total = Logits.logSumExp(scores, highest: best.value)
        let token = temperature > 0 ? draw(scores, highest: best.value) : best.index
        return (token, scores[token] - total)
    }

    private mutating func draw(_ scores: UnsafeBufferPointer<Float>, highest: Float) -> Int {
        var sum: Float = 0
        weights.removeAll(keepingCapacity: true)
        for score in scores {
            let difference = (score - highest) / temperature
            if difference > -20 { sum += expf(difference) }
            weights.append(sum)
        }
        let target = Float(uniform()) * sum
        return weights.firstIndex { $0 > target } ?? 0
    }

    /// From 0 to below 1; SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    private mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
}
