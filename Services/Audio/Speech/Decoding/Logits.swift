import Glibc

/// Arithmetic over the scores of all tokens, some fifty thousand numbers a step.
enum Logits {
    typealias Lanes = SIMD16<Float>

    /// The highest score and where it is; the first of equals. (-infinity, 0) when there is none.
    static func highest(_ scores: UnsafeBufferPointer<Float>) -> (value: Float, index: Int) {
        guard let base = scores.baseAddress, !scores.isEmpty else { return (-.infinity, 0) }
        let whole = scores.count / 16 * 16
        var best = Lanes(repeating: -.infinity)
        for start in stride(from: 0, to: whole, by: 16) {
            let next = load(base, start)
            best.replace(with: next, where: next .> best)
        }
        var value = best.max()
        for index in whole..<scores.count where scores[index] > value { value = scores[index] }
        return (value, scores.firstIndex(of: value) ?? 0)
    }

    /// log Σ exp(score), given the highest of them; -infinity when all scores are.
    static func logSumExp(_ scores: UnsafeBufferPointer<Float>, highest: Float) -> Float {
        guard let base = scores.baseAddress, highest > -.infinity else { return -.infinity }
        let whole = scores.count / 16 * 16
        var sums = Lanes.zero
        for start in stride(from: 0, to: whole, by: 16) { sums += exponential(load(base, start) - highest) }
        var sum = sums.sum()
        for index in whole..<scores.count { sum += expf(scores[index] - highest) }
        return highest + logf(sum)
    }

    /// The tokens with the highest scores, the highest first, and the logarithms of their probabilities.
    /// - Parameter count: at least 1; fewer are given when fewer are allowed.
    static func best(_ count: Int, of scores: UnsafeBufferPointer<Float>) -> [(token: Int, logProbability: Float)] {
        let highest = highest(scores)
        let total = logSumExp(scores, highest: highest.value)
        guard count > 1 else { return [(highest.index, highest.value - total)] }
        var best: [(token: Int, score: Float)] = []
        var least = -Float.infinity
        func offer(_ token: Int) {
            guard scores[token] > least else { return }
            let place = best.firstIndex { $0.score < scores[token] } ?? best.count
            best.insert((token, scores[token]), at: place)
            guard best.count >= count else { return }
            best.removeSubrange(count...)
            least = best[count - 1].score
        }
        let whole = scores.count / 16 * 16
        if let base = scores.baseAddress {
            for start in stride(from: 0, to: whole, by: 16) where any(load(base, start) .> least) {
                for token in start..<start + 16 { offer(token) }
            }
        }
        for token in whole..<scores.count { offer(token) }
        return best.map { ($0.token, $0.score - total) }
    }

    @inline(__always)
    private static func load(_ base: UnsafePointer<Float>, _ index: Int) -> Lanes {
        UnsafeRawPointer(base + index).loadUnaligned(as: Lanes.self)
    }

    /// exp(x) for x at most 0, to about 1 part in 10⁶; 0 or nearly so below -87.
    ///
    /// 2ⁿ · eʳ with |r| at most ln 2 / 2 and a polynomial for eʳ: S. Moshier, Cephes, `expf`.
    @inline(__always)
    static func exponential(_ x: Lanes) -> Lanes {
        var x = x
        x.replace(with: -87, where: x .< -87)
        // Adding 1.5 · 2²³ rounds to whole numbers, which then stand in the lowest bits.
        let magic = Lanes(repeating: 12_582_912)
        let shifted = x * 1.442_695_04 + magic
        let n = shifted - magic
        let r = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
        var p = Lanes(repeating: 1.987_569_1e-4)
        p = p * r + 1.398_199_9e-3
        p = p * r + 8.333_452e-3
        p = p * r + 4.166_579_6e-2
        p = p * r + 0.166_666_65
        p = p * r + 0.5
        p = p * (r * r) + r + 1
        let exponent = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &<< 23
        return unsafeBitCast(unsafeBitCast(p, to: SIMD16<Int32>.self) &+ exponent, to: Lanes.self)
    }
}
