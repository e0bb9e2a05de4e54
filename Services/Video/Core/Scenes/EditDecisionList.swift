/// Scenes as an edit decision list that editing programs open.
/// Source: SMPTE 258M, the form that CMX 3600 reads: one event a scene, non-drop frame timecode.
enum EditDecisionList {
    /// Letters of a title; events are numbered to 999 by the form.
    private static let (longestTitle, mostEvents) = (60, 999)

    /// - Parameter name: of the video.
    static func render(_ analysis: SceneAnalysis, name: String) -> String {
        let title = String(name.unicodeScalars.filter { $0.isASCII && $0.value >= 32 }.map(Character.init).prefix(longestTitle))
        var lines = ["TITLE: \(title)", "FCM: NON-DROP FRAME", ""]
        let rate = max(1, Int(analysis.frameRate.rounded()))
        for (index, scene) in analysis.scenes.prefix(mostEvents).enumerated() {
            let (start, end) = (timecode(scene.frames.lowerBound, rate), timecode(scene.frames.upperBound, rate))
            let number = String(1000 + index + 1).suffix(3)
            lines.append("\(number)  AX       V     C        \(start) \(end) \(start) \(end)")
        }
        let rest = left(of: analysis)
        if rest > 0 {
            lines.append("* \(rest) MORE SCENES ARE LEFT OUT: EVENTS ARE NUMBERED TO \(mostEvents); JSON, CSV AND OTIO HAVE ALL")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Scenes for which there is no number.
    static func left(of analysis: SceneAnalysis) -> Int { max(0, analysis.scenes.count - mostEvents) }

    /// Hours, minutes, seconds and frames.
    private static func timecode(_ frame: Int, _ rate: Int) -> String {
        [frame / rate / 3600, frame / rate / 60 % 60, frame / rate % 60, frame % rate].map { $0 < 10 ? "0\($0)" : "\($0)" }
            .joined(separator: ":")
    }
}
