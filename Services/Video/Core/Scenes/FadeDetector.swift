/// Cuts in the middle of the dark between a fade-out and a fade-in.
/// Source: the threshold detector of PySceneDetect (scenedetect.com/docs).
package struct FadeDetector: SceneDetector {
    package static let measures = ["average_rgb"]

    private let threshold: Double
    private let shortestScene: Int
    private var isDark: Bool?
    private var lastFade = 0
    private var lastCut = 0
    private var hasCut = false

    /// - Parameters:
    ///   - threshold: the mean of red, green and blue below which a picture is dark, 0 to 255; 12 is usual.
    ///   - shortestScene: frames.
    package init(threshold: Double, shortestScene: Int) {
        (self.threshold, self.shortestScene) = (threshold, shortestScene)
    }

    package mutating func process(_ picture: AnalysisPicture, frame: Int) -> SceneStep {
        let (mean, nowDark) = (picture.meanIntensity, picture.meanIntensity < threshold)
        defer { isDark = nowDark }
        guard let wasDark = isDark else { return SceneStep(measures: [[mean]]) }
        if !wasDark, nowDark { lastFade = frame }
        guard wasDark, !nowDark else { return SceneStep(measures: [[mean]]) }
        defer { lastFade = frame }
        // A video that begins in the dark has no scene before it.
        guard frame - lastCut >= shortestScene, lastFade > 0 || hasCut else { return SceneStep(measures: [[mean]]) }
        // A half frame goes to the even side, as Python rounds.
        let middle = lastFade + Int((Double(frame - lastFade) / 2).rounded(.toNearestOrEven))
        (lastCut, hasCut) = (frame, true)
        return SceneStep(cuts: [middle], measures: [[mean]])
    }
}
