import Primitives

/// A form that a list of scenes is written in.
package enum SceneFormat: String, CaseIterable, Sendable {
    case json, csv, edl, otio, stats

    var fileExtension: String { self == .stats ? "csv" : rawValue }
    var suffix: String { self == .stats ? "stats" : "scenes" }
    var mediaType: String {
        switch self {
        case .json, .otio: "application/json"
        case .csv, .stats: "text/csv"
        case .edl: "text/plain"
        }
    }

    /// - Parameters:
    ///   - name: of the video, for formats that refer to it.
    ///   - measures: names of the detector's measures.
    ///   - pictures: names of the scenes' pictures by the number of their scene, from 0.
    func render(_ analysis: SceneAnalysis, name: String, measures: [String], pictures: [Int: String] = [:]) -> Bytes {
        switch self {
        case .json: Self.document(analysis, pictures).serialized(pretty: true)
        case .csv: Bytes(Self.csv(analysis).utf8)
        case .stats: Bytes(Self.statistics(analysis, measures).utf8)
        case .edl: Bytes(EditDecisionList.render(analysis, name: name).utf8)
        case .otio: Timeline.document(analysis, name: name).serialized(pretty: true)
        }
    }

    static func document(_ analysis: SceneAnalysis, _ pictures: [Int: String]) -> JSONValue {
        let scenes = analysis.scenes.enumerated().map { number, scene -> JSONValue in
            var entry: [String: JSONValue] = [
                "start_seconds": .number(scene.start.rounded(decimals: 3)), "end_seconds": .number(scene.end.rounded(decimals: 3)),
                "start_frame": JSONValue(scene.frames.lowerBound), "end_frame": JSONValue(scene.frames.upperBound),
            ]
            if let picture = pictures[number] { entry["picture"] = .string(picture) }
            return .object(entry)
        }
        let transitions = analysis.transitions.map { transition -> JSONValue in
            [
                "kind": .string(transition.kind.rawValue), "first_frame": JSONValue(transition.frames.lowerBound),
                "last_frame": JSONValue(transition.frames.upperBound),
            ]
        }
        return [
            "frame_rate": .number(analysis.frameRate), "frames": JSONValue(analysis.times.count), "scenes": .array(scenes),
            "transitions": .array(transitions),
        ]
    }

    private static func csv(_ analysis: SceneAnalysis) -> String {
        let lines = analysis.scenes.enumerated().map { number, scene in
            let (start, end) = (Timecode(scene.start), Timecode(scene.end))
            return """
                \(number + 1),\(scene.frames.lowerBound),\(start),\(scene.start.rounded(decimals: 3)),\
                \(scene.frames.upperBound),\(end),\(scene.end.rounded(decimals: 3)),\
                \(scene.frames.count),\((scene.end - scene.start).rounded(decimals: 3))
                """
        }
        let head = "scene,start_frame,start,start_seconds,end_frame,end,end_seconds,length_frames,length_seconds"
        return ([head] + lines).joined(separator: "\n") + "\n"
    }

    private static func statistics(_ analysis: SceneAnalysis, _ measures: [String]) -> String {
        let lines = zip(analysis.times, analysis.measures).enumerated().map { frame, row in
            "\(frame),\(Timecode(row.0))," + row.1.map { "\($0.rounded(decimals: 4))" }.joined(separator: ",")
        }
        return (["frame,time," + measures.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
    }
}

/// Hours, minutes, seconds and thousandths: `00:01:02.500`.
struct Timecode: CustomStringConvertible {
    let description: String

    /// - Parameter seconds: 0 or more.
    init(_ seconds: Double) {
        let total = Int((seconds * 1000).rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let thousandths = String(1000 + total % 1000).dropFirst()
        description = "\(two(total / 3_600_000)):\(two(total / 60_000 % 60)):\(two(total / 1000 % 60)).\(thousandths)"
    }
}
