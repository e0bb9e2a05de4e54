import Primitives

/// Scenes as a timeline of clips.
/// Source: OpenTimelineIO's file format, schemas Timeline.1, Stack.1, Track.1, Clip.2.
enum Timeline {
    /// - Parameter name: of the video, which the clips refer to.
    static func document(_ analysis: SceneAnalysis, name: String) -> JSONValue {
        func time(_ frames: Int) -> JSONValue {
            ["OTIO_SCHEMA": "RationalTime.1", "rate": .number(analysis.frameRate), "value": .number(Double(frames))]
        }
        func range(_ frames: Range<Int>) -> JSONValue {
            ["OTIO_SCHEMA": "TimeRange.1", "start_time": time(frames.lowerBound), "duration": time(frames.count)]
        }
        let media: JSONValue = [
            "OTIO_SCHEMA": "ExternalReference.1", "name": .string(name), "target_url": .string(name), "metadata": [:],
            "available_range": range(0..<analysis.times.count), "available_image_bounds": .null,
        ]
        let clips = analysis.scenes.enumerated().map { index, scene -> JSONValue in
            [
                "OTIO_SCHEMA": "Clip.2", "name": .string("Scene \(index + 1)"), "source_range": range(scene.frames),
                "media_references": ["DEFAULT_MEDIA": media], "active_media_reference_key": "DEFAULT_MEDIA", "effects": [],
                "markers": [], "enabled": true, "metadata": [:],
            ]
        }
        let track: JSONValue = [
            "OTIO_SCHEMA": "Track.1", "name": "Scenes", "kind": "Video", "children": .array(clips), "source_range": .null,
            "effects": [], "markers": [], "enabled": true, "metadata": [:],
        ]
        let stack: JSONValue = [
            "OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track], "source_range": .null, "effects": [], "markers": [],
            "enabled": true, "metadata": [:],
        ]
        return [
            "OTIO_SCHEMA": "Timeline.1", "name": .string(name), "global_start_time": .null, "tracks": stack, "metadata": [:],
        ]
    }
}
