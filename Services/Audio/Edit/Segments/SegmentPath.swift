import Glibc

/// The likeliest course of kinds over time, when a change is rare: the Viterbi algorithm (A. Viterbi, IEEE Transactions on
/// Information Theory 13 (2), 1967) with equal chances for every change.
enum SegmentPath {
    /// - Parameters:
    ///   - probabilities: of each kind, step by step.
    ///   - change: the chance of a change from one step to the next.
    /// - Returns: the number of the kind in each step.
    static func likeliest(_ probabilities: [[Double]], change: Double) -> [Int] {
        guard let first = probabilities.first else { return [] }
        let kinds = first.count
        let (stay, leave) = (log(1 - change), log(change / Double(max(1, kinds - 1))))
        func evidence(_ value: Double) -> Double { log(max(value, 1e-4)) }
        var scores = first.map(evidence)
        var origins: [[Int]] = []
        for step in probabilities.dropFirst() {
            let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
            var origin = Array(0..<kinds)
            var next = scores
            for kind in 0..<kinds {
                let moved = scores[best] + leave
                if kind != best, moved > scores[kind] + stay { origin[kind] = best }
                next[kind] = max(scores[kind] + stay, kind == best ? -.infinity : moved) + evidence(step[kind])
            }
            origins.append(origin)
            scores = next
        }
        var kind = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        var path = [kind]
        for origin in origins.reversed() {
            kind = origin[kind]
            path.append(kind)
        }
        return path.reversed()
    }
}
