import Media

/// Cuts where a frame changes much more than its neighbours do, so that fast motion is no cut.
/// Source: the adaptive detector of PySceneDetect (scenedetect.com/docs): the content measure over its rolling average.
package struct AdaptiveDetector: SceneDetector {
    package static let measures = ContentDetector.measures + ["adaptive_ratio"]
    /// Frames on either side that the average is taken over.
    private static let reach = 2
    private static let span = 2 * reach + 1
    /// The largest ratio that is told.
    private static let largestRatio = 255.0

    private let threshold: Double
    private let smallestChange: Double
    private let shortestScene: Int
    private var changes: [(frame: Int, change: PictureChange)] = []
    private var last: HexconePicture?
    private var lastCut: Int?
    private var isFull = false

    /// - Parameters:
    ///   - threshold: how many times its neighbours' mean change the frame's must be; 3 is usual.
    ///   - smallestChange: mean change of a pixel below which nothing is a cut, 0 to 255; 15 is usual.
    ///   - shortestScene: frames.
    package init(threshold: Double, smallestChange: Double = 15, shortestScene: Int) {
        (self.threshold, self.smallestChange, self.shortestScene) = (threshold, smallestChange, shortestScene)
    }

    package mutating func process(_ picture: AnalysisPicture, frame: Int) -> SceneStep {
        let next = HexconePicture(picture)
        changes.append((frame, PictureChange(from: last, to: next)))
        last = next
        lastCut = lastCut ?? frame
        if changes.count > Self.span { changes.removeFirst() }
        guard changes.count == Self.span else { return SceneStep() }
        let middle = changes[Self.reach]
        let mean = middle.change.mean
        let around = (changes.reduce(0) { $0 + $1.change.mean } - mean) / Double(2 * Self.reach)
        let ratio =
            if around > 0.00001 { min(mean / around, Self.largestRatio) } else { mean >= smallestChange ? Self.largestRatio : 0 }
        let isCut = ratio >= threshold && mean >= smallestChange && middle.frame - (lastCut ?? 0) >= shortestScene
        if isCut { lastCut = middle.frame }
        // Frames with too few before or after them have no ratio.
        let earlier = isFull ? [] : changes[..<Self.reach].map { $0.change.measures + [0] }
        isFull = true
        return SceneStep(cuts: isCut ? [middle.frame] : [], measures: earlier + [middle.change.measures + [ratio]])
    }

    package mutating func finish(frames: Int) -> SceneStep {
        SceneStep(measures: changes.suffix(isFull ? Self.reach : Self.span).map { $0.change.measures + [0] })
    }
}
