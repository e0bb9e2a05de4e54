/// Cuts where the distribution of brightness changes from one frame to the next.
/// Source: the histogram detector of PySceneDetect (scenedetect.com/docs): correlation of 128 bins of luma.
package struct HistogramDetector: SceneDetector {
    package static let measures = ["hist_diff"]

    private static let bins = 128

    private let threshold: Double
    private let shortestScene: Int
    private var last: [Double]?
    private var lastCut: Int?

    /// - Parameters:
    ///   - threshold: by how much the correlation must be below 1, 0 to 1; 0.2 is usual.
    ///   - shortestScene: frames.
    package init(threshold: Double, shortestScene: Int) {
        (self.threshold, self.shortestScene) = (threshold, shortestScene)
    }

    package mutating func process(_ picture: AnalysisPicture, frame: Int) -> SceneStep {
        var bins = [Double](repeating: 0, count: Self.bins)
        for luma in picture.luma { bins[Int(luma) * Self.bins / 256] += 1 }
        lastCut = lastCut ?? frame
        defer { last = bins }
        guard let last else { return SceneStep(measures: [[1]]) }
        let correlation = Self.correlation(last, bins)
        guard correlation <= 1 - threshold, frame - (lastCut ?? 0) >= shortestScene else {
            return SceneStep(measures: [[correlation]])
        }
        lastCut = frame
        return SceneStep(cuts: [frame], measures: [[correlation]])
    }

    /// Pearson's correlation coefficient.
    private static func correlation(_ first: [Double], _ second: [Double]) -> Double {
        let count = Double(first.count)
        let (meanA, meanB) = (first.reduce(0, +) / count, second.reduce(0, +) / count)
        var (both, squareA, squareB) = (0.0, 0.0, 0.0)
        for (a, b) in zip(first, second) {
            both += (a - meanA) * (b - meanB)
            squareA += (a - meanA) * (a - meanA)
            squareB += (b - meanB) * (b - meanB)
        }
        let scale = (squareA * squareB).squareRoot()
        return scale > .ulpOfOne ? both / scale : 1
    }
}
