/// Finds where the topic of a text changes.
///
/// Source: Marti A. Hearst, "TextTiling: Segmenting Text into Multi-paragraph Subtopic Passages", Computational Linguistics 23(1),
/// 1997: similarity of the vocabulary before and after each gap between pseudo-sentences, smoothing, depth scores, and a threshold
/// from their mean and deviation.
struct TextTiling {
    /// Terms of a pseudo-sentence (Hearst's w).
    var sentenceLength = 20
    /// Pseudo-sentences on each side of a gap (Hearst's k).
    var blockLength = 10

    /// - Parameter terms: stems in order.
    /// - Returns: the indices of terms before which a topic may begin, with how deep the change is, deepest first; only changes
    ///   deeper than the mean less half a deviation.
    func boundaries(_ terms: [String]) -> [(term: Int, depth: Double)] {
        var numbers: [String: Int] = [:]
        let ids = terms.map { term in
            if let known = numbers[term] { return known }
            numbers[term] = numbers.count
            return numbers.count - 1
        }
        let sentences = ids.count / sentenceLength
        guard sentences >= 4 else { return [] }
        let scores = smoothed(similarities(ids, sentences))
        let depths = depths(scores)
        let mean = depths.reduce(0, +) / Double(depths.count)
        let deviation = (depths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(depths.count)).squareRoot()
        let limit = max(mean - deviation / 2, 0.05)
        return depths.enumerated().filter { isPeak(depths, $0.offset) && $0.element > limit }
            .map { (term: ($0.offset + 1) * sentenceLength, depth: $0.element) }
            .sorted { $0.depth > $1.depth }
    }

    /// Cosine similarity of the blocks on both sides of each gap.
    private func similarities(_ ids: [Int], _ sentences: Int) -> [Double] {
        (1..<sentences).map { gap in
            let block = min(blockLength, gap, sentences - gap)
            var left: [Int: Double] = [:]
            var right: [Int: Double] = [:]
            for index in (gap - block) * sentenceLength..<gap * sentenceLength { left[ids[index], default: 0] += 1 }
            for index in gap * sentenceLength..<(gap + block) * sentenceLength { right[ids[index], default: 0] += 1 }
            let product = left.reduce(0) { $0 + $1.value * (right[$1.key] ?? 0) }
            let norm = left.values.reduce(0) { $0 + $1 * $1 } * right.values.reduce(0) { $0 + $1 * $1 }
            return norm > 0 ? product / norm.squareRoot() : 0
        }
    }

    /// The mean of each score and its neighbours.
    private func smoothed(_ scores: [Double]) -> [Double] {
        scores.indices.map { index in
            let window = scores[max(0, index - 1)...min(scores.count - 1, index + 1)]
            return window.reduce(0, +) / Double(window.count)
        }
    }

    /// How far the similarity rises on both sides of each gap.
    private func depths(_ scores: [Double]) -> [Double] {
        scores.indices.map { index in
            var left = scores[index]
            for other in stride(from: index - 1, through: 0, by: -1) {
                if scores[other] < left { break }
                left = scores[other]
            }
            var right = scores[index]
            for other in stride(from: index + 1, to: scores.count, by: 1) {
                if scores[other] < right { break }
                right = scores[other]
            }
            return left + right - 2 * scores[index]
        }
    }

    private func isPeak(_ depths: [Double], _ index: Int) -> Bool {
        (index == 0 || depths[index] >= depths[index - 1]) && (index == depths.count - 1 || depths[index] > depths[index + 1])
    }
}
