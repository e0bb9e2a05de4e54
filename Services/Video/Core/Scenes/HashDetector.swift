import Glibc

/// Cuts where a picture's coarse shape changes: the bits of a perceptual hash that differ.
/// Source: the hash detector of PySceneDetect (scenedetect.com/docs); the hash is the pHash of C. Zauner, "Implementation and
/// benchmarking of perceptual image hash functions", 2010: signs of low cosine frequencies against their median.
package struct HashDetector: SceneDetector {
    package static let measures = ["hash_dist"]
    /// Frequencies in each direction, and how many times as many pixels they are taken from.
    private static let (size, lowPass) = (8, 2)
    /// Below this a frequency is not there, where white is 1: what is left of it is rounding.
    private static let leastAmplitude = 1e-6

    private let threshold: Double
    private let shortestScene: Int
    private let cosines: [Double]
    private var last: [Bool]?
    private var lastCut: Int?

    /// - Parameters:
    ///   - threshold: the share of bits that differ, 0 to 1; 0.35 is usual.
    ///   - shortestScene: frames.
    package init(threshold: Double, shortestScene: Int) {
        (self.threshold, self.shortestScene) = (threshold, shortestScene)
        let side = Self.size * Self.lowPass
        cosines = (0..<Self.size).flatMap { frequency in
            let scale = (Double(frequency == 0 ? 1 : 2) / Double(side)).squareRoot()
            return (0..<side).map { scale * cos(Double.pi * Double(frequency) * (Double($0) + 0.5) / Double(side)) }
        }
    }

    package mutating func process(_ picture: AnalysisPicture, frame: Int) -> SceneStep {
        let hash = hash(picture)
        lastCut = lastCut ?? frame
        defer { last = hash }
        guard let last else { return SceneStep(measures: [[0]]) }
        let distance = Double(zip(last, hash).count { $0 != $1 }) / Double(Self.size * Self.size)
        guard distance >= threshold, frame - (lastCut ?? 0) >= shortestScene else { return SceneStep(measures: [[distance]]) }
        lastCut = frame
        return SceneStep(cuts: [frame], measures: [[distance]])
    }

    private func hash(_ picture: AnalysisPicture) -> [Bool] {
        let side = Self.size * Self.lowPass
        let fields = AreaReduction(width: picture.width, height: picture.height, side: side).reduce(picture.grey)
        let lightest = Double(max(1, fields.max() ?? 1))
        // Rows, then columns: the transform is separable.
        var rows = [Double](repeating: 0, count: Self.size * side)
        for y in 0..<side {
            for frequency in 0..<Self.size {
                var sum = 0.0
                for x in 0..<side { sum += Double(fields[y * side + x]) * cosines[frequency * side + x] }
                rows[frequency * side + y] = sum / lightest
            }
        }
        var low = [Double](repeating: 0, count: Self.size * Self.size)
        for horizontal in 0..<Self.size {
            for vertical in 0..<Self.size {
                var sum = 0.0
                for y in 0..<side { sum += rows[horizontal * side + y] * cosines[vertical * side + y] }
                low[vertical * Self.size + horizontal] = abs(sum) < Self.leastAmplitude ? 0 : sum
            }
        }
        let sorted = low.sorted()
        let median = (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
        return low.map { $0 > median }
    }
}
