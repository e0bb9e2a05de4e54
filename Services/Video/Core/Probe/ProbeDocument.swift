import Media
import Primitives

/// The measurements that `video.probe` gives.
enum ProbeDocument {
    /// Characters of a tag, and how many tags and chapters are shown: results travel in messages of at most 64 KiB.
    private static let (longestTag, mostTags, mostChapters) = (300, 60, 100)

    /// - Parameter decoded: the video's format where the header does not tell it.
    static func make(_ info: MediaInfo, decoded: VideoFormat?) -> [String: JSONValue] {
        let tags = info.tags.sorted { $0.key < $1.key }.prefix(mostTags).map { (short($0.key), JSONValue.string(short($0.value))) }
        return [
            "container": .string(info.container), "duration_seconds": JSONValue(info.duration.map { $0.rounded(decimals: 3) }),
            "size_bytes": .integer(info.size), "bit_rate": JSONValue(info.bitRate),
            "video": .array(info.video.filter { !$0.isCoverArt }.map { document($0, decoded) }),
            "audio": .array(info.audio.map(document)),
            "subtitles": .array(
                info.subtitles.map {
                    ["index": JSONValue($0.index), "codec": .string($0.codec), "language": JSONValue($0.language)]
                }),
            "tags": .object(Dictionary(tags) { first, _ in first }),
            "chapters": .array(
                info.chapters.prefix(mostChapters).map {
                    ["start_seconds": .number($0.start), "end_seconds": .number($0.end), "title": JSONValue($0.title.map(short))]
                }),
        ]
    }

    static func make(_ times: FrameTimes) -> JSONValue {
        let gaps = zip(times.keyFrames, times.keyFrames.dropFirst()).map { $1 - $0 }
        let mean = gaps.isEmpty ? nil : gaps.reduce(0, +) / Double(gaps.count)
        return [
            "count": JSONValue(times.count), "is_constant_rate": .bool(times.isConstant),
            "shortest_seconds": JSONValue(times.shortest?.rounded(decimals: 5)),
            "longest_seconds": JSONValue(times.longest?.rounded(decimals: 5)), "broken_times": JSONValue(times.broken),
            "key_frames": JSONValue(times.keyFrames.count), "key_frame_interval_seconds": JSONValue(mean?.rounded(decimals: 3)),
            "longest_key_frame_interval_seconds": JSONValue(gaps.max()?.rounded(decimals: 3)),
        ]
    }

    private static func document(_ stream: MediaInfo.VideoStream, _ decoded: VideoFormat?) -> JSONValue {
        let isKnown = stream.width > 0
        let (width, height) = isKnown ? (stream.width, stream.height) : (decoded?.width ?? 0, decoded?.height ?? 0)
        let aspect = isKnown ? stream.pixelAspect : decoded?.pixelAspect.value ?? 1
        let isTurned = stream.rotation % 180 != 0
        let shownWidth = Int((Double(width) * aspect).rounded())
        return [
            "index": JSONValue(stream.index), "codec": .string(stream.codec), "profile": JSONValue(stream.profile),
            "width": JSONValue(width), "height": JSONValue(height),
            "shown_width": JSONValue(isTurned ? height : shownWidth),
            "shown_height": JSONValue(isTurned ? shownWidth : height), "rotation_degrees": JSONValue(stream.rotation),
            "pixel_aspect": .number(aspect.rounded(decimals: 4)), "frame_rate": JSONValue(stream.frameRate),
            "pixel_format": JSONValue(stream.pixelFormat ?? decoded?.pixelFormatName), "bit_depth": JSONValue(stream.bitDepth),
            "color_space": JSONValue(stream.color.space), "color_transfer": JSONValue(stream.color.transfer),
            "color_primaries": JSONValue(stream.color.primaries), "color_range": JSONValue(stream.color.range),
            "is_hdr": .bool(stream.color.isHighDynamicRange), "is_interlaced": .bool(stream.isInterlaced),
            "bit_rate": JSONValue(stream.bitRate), "duration_seconds": JSONValue(stream.duration?.rounded(decimals: 3)),
        ]
    }

    private static func document(_ stream: MediaInfo.AudioStream) -> JSONValue {
        [
            "index": JSONValue(stream.index), "codec": .string(stream.codec), "sample_rate_hz": JSONValue(stream.sampleRate),
            "channels": JSONValue(stream.channels), "channel_layout": .string(stream.channelLayout),
            "bit_rate": JSONValue(stream.bitRate), "duration_seconds": JSONValue(stream.duration?.rounded(decimals: 3)),
            "language": JSONValue(stream.language.map(short)),
        ]
    }

    private static func short(_ text: String) -> String {
        text.count > longestTag ? text.prefix(longestTag - 1) + "…" : text
    }

    /// JSON Schema of the document.
    static var schema: JSONValue {
        let objects: JSONValue = ["type": "array", "items": ["type": "object"]]
        return [
            "type": "object", "required": ["container", "size_bytes", "video", "audio", "subtitles", "tags", "chapters"],
            "properties": [
                "container": ["type": "string"], "duration_seconds": ["type": ["number", "null"], "x-unit": "s"],
                "size_bytes": ["type": "integer", "x-unit": "B"], "bit_rate": ["type": ["integer", "null"], "x-unit": "bit/s"],
                "video": objects, "audio": objects, "subtitles": objects, "chapters": objects,
                "tags": ["type": "object", "additionalProperties": ["type": "string"]],
                "frames": [
                    "type": "object",
                    "properties": [
                        "count": ["type": "integer"], "is_constant_rate": ["type": "boolean"], "key_frames": ["type": "integer"],
                        "key_frame_interval_seconds": ["type": ["number", "null"], "x-unit": "s"],
                        "broken_times": ["type": "integer"],
                    ],
                ],
            ],
        ]
    }
}
