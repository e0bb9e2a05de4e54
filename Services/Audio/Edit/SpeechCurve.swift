/// How likely somebody speaks, over time.
package struct SpeechCurve: Sendable, Hashable {
    /// Seconds of one block.
    package let blockSeconds: Double
    /// From 0 to 1, one for each block.
    package let probabilities: [Float]

    /// The detector hears the end of a word late and its beginning early by this much, blocks.
    private static let spread = 2
    /// Silero's own threshold for the end of speech.
    private static let silent: Float = 0.35

    /// - Parameters: as the properties.
    package init(blockSeconds: Double, probabilities: [Float]) {
        (self.blockSeconds, self.probabilities) = (blockSeconds, probabilities)
    }

    /// Whether nobody speaks at a moment, in seconds, or close to it.
    package func isSilent(at time: Double) -> Bool {
        let block = Int(time / blockSeconds)
        let range = max(0, block - Self.spread)..<min(probabilities.count, block + Self.spread + 1)
        return range.isEmpty || probabilities[range].allSatisfy { $0 < Self.silent }
    }

    /// The curve in other steps: the greatest probability that falls into each.
    /// - Parameters:
    ///   - stepSeconds: of the steps.
    ///   - count: how many there are.
    package func resampled(stepSeconds: Double, count: Int) -> [Float] {
        (0..<count).map { step in
            let first = Int(Double(step) * stepSeconds / blockSeconds)
            let last = Int((Double(step + 1) * stepSeconds / blockSeconds).rounded(.up))
            let range = min(first, probabilities.count)..<min(max(last, first + 1), probabilities.count)
            return probabilities[range].max() ?? 0
        }
    }
}
