/// Cuts where hue, saturation and value change much from one frame to the next.
/// Source: the content-aware detector of PySceneDetect (scenedetect.com/docs), whose scale and threshold it keeps.
package struct ContentDetector: SkimmingDetector {
    package static let measures = ["content_val", "delta_hue", "delta_sat", "delta_lum"]

    private let threshold: Double
    private var filter: CutFilter
    private var last: HexconePicture?

    /// - Parameters:
    ///   - threshold: mean change of a pixel, 0 to 255; 27 is usual.
    ///   - shortestScene: frames.
    package init(threshold: Double, shortestScene: Int) {
        self.threshold = threshold
        filter = CutFilter(shortestScene: shortestScene)
    }

    func isCalm(_ last: AnalysisPicture, _ next: AnalysisPicture) -> Bool {
        PictureChange(from: HexconePicture(last), to: HexconePicture(next)).mean < threshold * Self.calmness
    }

    package mutating func process(_ picture: AnalysisPicture, frame: Int) -> SceneStep {
        let next = HexconePicture(picture)
        let change = PictureChange(from: last, to: next)
        last = next
        let cut = filter.process(frame, isAbove: change.mean >= threshold)
        return SceneStep(cuts: cut.map { [$0] } ?? [], measures: [change.measures])
    }
}
