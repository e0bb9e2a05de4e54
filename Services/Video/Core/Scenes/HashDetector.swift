import Glibc

/// Cuts where a picture's coarse shape changes: the bits of a perceptual hash that differ.
/// Source: the hash detector of PySceneDetect (scenedetect.com/docs); the hash is the pHash of C. Zauner, "Implementation and
/// benchmarking of perceptual image hash functions", 2010: signs of low cosine frequencies against their median.
package struct HashDetector: SceneDetector {
    package static let measures = ["hash_dist"]
    /// Frequencies in each direction, and how many times as many pixels they are taken from.
    private static let (size, lowPass) = (16, 2)

    private let threshold: Double
    private let shortestScene: Int
    private let cosines: [Double]
    private var last: [Bool]?
    private var lastCut: Int?

    /// - Parameters:
    ///   - threshold: the share of bits that differ, 0 to 1; 0.395 is usual.
    ///   - shortestScene: frames.
    package init(threshold: Double, shortestScene: Int) {
        (self.threshold, self.shortestScene) = (threshold, shortestScene)
        let side = Self.size * Self.lowPass
        cosines = (0..<Self.size).flatMap { frequency in
            (0..<side).map { cos(Double.pi * Double(frequency) * (Double($0) + 0.5) / Double(side)) }
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
        let small = Self.reduced(picture, to: side)
        // Rows, then columns: the transform is separable.
        var rows = [Double](repeating: 0, count: Self.size * side)
        for y in 0..<side {
            for frequency in 0..<Self.size {
                var sum = 0.0
                for x in 0..<side { sum += small[y * side + x] * cosines[frequency * side + x] }
                rows[frequency * side + y] = sum
            }
        }
        var low = [Double](repeating: 0, count: Self.size * Self.size)
        for horizontal in 0..<Self.size {
            for vertical in 0..<Self.size {
                var sum = 0.0
                for y in 0..<side { sum += rows[horizontal * side + y] * cosines[vertical * side + y] }
                low[vertical * Self.size + horizontal] =
                    sum * (horizontal == 0 ? 0.5.squareRoot() : 1) * (vertical == 0 ? 0.5.squareRoot() : 1)
            }
        }
        let sorted = low.sorted()
        let median = (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
        return low.map { $0 > median }
    }

    /// The mean luma of equal fields.
    private static func reduced(_ picture: AnalysisPicture, to side: Int) -> [Double] {
        let luma = picture.luma
        var result = [Double](repeating: 0, count: side * side)
        for y in 0..<side {
            let top = y * picture.height / side
            let rows = top..<max(top + 1, (y + 1) * picture.height / side)
            for x in 0..<side {
                let left = x * picture.width / side
                let columns = left..<max(left + 1, (x + 1) * picture.width / side)
                var sum = 0
                for row in rows { for column in columns { sum += Int(luma[row * picture.width + column]) } }
                result[y * side + x] = Double(sum) / Double(rows.count * columns.count)
            }
        }
        return result
    }
}
