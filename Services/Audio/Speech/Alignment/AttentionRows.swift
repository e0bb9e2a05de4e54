/// Where the alignment heads looked when each token was chosen.
struct AttentionRows {
    private(set) var heads = 0
    private(set) var positions = 0
    /// [tokens, heads, positions]
    private(set) var values: [Float] = []

    var isEmpty: Bool { values.isEmpty }
    /// How many tokens there are.
    var count: Int { values.isEmpty ? 0 : values.count / (heads * positions) }

    /// Adds a token's row.
    /// - Parameter row: [heads, positions]
    mutating func append(_ row: [Float], positions: Int) {
        (heads, self.positions) = (row.count / positions, positions)
        values += row
    }

    /// The position at which each of some tokens begins.
    ///
    /// openai/whisper `timing.py`: attention is brought to mean 0 and deviation 1 over the tokens, smoothed by a median over 7
    /// positions, averaged over the heads, and the best monotonic way through it is found by dynamic time warping.
    /// - Parameters:
    ///   - rows: the tokens' places, ascending.
    ///   - columns: how many positions hold speech; at least 1.
    func firstPositions(ofRows rows: [Int], columns: Int) -> [Int] {
        let columns = min(columns, positions)
        var costs = [Float](repeating: 0, count: rows.count * columns)
        var (means, scales) = ([Float](repeating: 0, count: columns), [Float](repeating: 0, count: columns))
        var padded = [Float](repeating: 0, count: columns + 2 * MedianFilter.reach)
        var smooth = [Float](repeating: 0, count: columns)
        for head in 0..<heads {
            measure(head: head, rows: rows, means: &means, scales: &scales)
            for (row, place) in rows.enumerated() {
                let first = (place * heads + head) * positions
                for column in 0..<columns {
                    padded[column + MedianFilter.reach] = (values[first + column] - means[column]) * scales[column]
                }
                MedianFilter.mirrorEnds(&padded)
                MedianFilter.run(padded, count: columns, into: &smooth)
                for column in 0..<columns { costs[row * columns + column] -= smooth[column] }
            }
        }
        return DynamicTimeWarping.firstColumns(costs: costs, rows: rows.count, columns: columns)
    }

    /// The mean and the inverse deviation over the tokens at every position.
    private func measure(head: Int, rows: [Int], means: inout [Float], scales: inout [Float]) {
        for column in means.indices {
            var (sum, squares): (Float, Float) = (0, 0)
            for place in rows {
                let value = values[(place * heads + head) * positions + column]
                sum += value
                squares += value * value
            }
            let mean = sum / Float(rows.count)
            means[column] = mean
            scales[column] = 1 / max(max(0, squares / Float(rows.count) - mean * mean).squareRoot(), 1e-9)
        }
    }
}
