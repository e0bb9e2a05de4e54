import Media
import Metering
import Primitives

/// The measurements that `audio.probe` gives.
enum ProbeDocument {
    /// Characters of a tag and number of tags that are shown: results travel in messages of at most 64 KiB.
    private static let (longestTag, mostTags, mostChapters) = (300, 60, 100)

    static func make(_ info: MediaInfo, _ coverArt: CoverArt?) -> [String: JSONValue] {
        let tags = info.tags.sorted { $0.key < $1.key }.prefix(mostTags).map { (short($0.key), JSONValue.string(short($0.value))) }
        return [
            "container": .string(info.container),
            "duration_seconds": JSONValue(info.duration.map { $0.rounded(decimals: 3) }),
            "size_bytes": .integer(info.size),
            "bit_rate": JSONValue(info.bitRate),
            "audio": .array(info.audio.map(document)),
            "video": .array(info.video.filter { !$0.isCoverArt }.map(document)),
            "other_streams": JSONValue(info.otherStreams),
            "tags": .object(Dictionary(tags) { first, _ in first }),
            "chapters": .array(info.chapters.prefix(mostChapters).map(document)),
            "cover_art": coverArt.map(document) ?? .null,
        ]
    }

    private static func document(_ stream: MediaInfo.AudioStream) -> JSONValue {
        [
            "index": JSONValue(stream.index), "codec": .string(stream.codec), "profile": JSONValue(stream.profile),
            "sample_rate_hz": JSONValue(stream.sampleRate), "channels": JSONValue(stream.channels),
            "channel_layout": .string(stream.channelLayout), "bit_depth": JSONValue(stream.bitDepth),
            "bit_rate": JSONValue(stream.bitRate), "duration_seconds": JSONValue(stream.duration),
            "language": JSONValue(stream.language.map(short)),
        ]
    }

    private static func document(_ stream: MediaInfo.VideoStream) -> JSONValue {
        [
            "index": JSONValue(stream.index), "codec": .string(stream.codec), "width": JSONValue(stream.width),
            "height": JSONValue(stream.height), "frame_rate": JSONValue(stream.frameRate),
        ]
    }

    private static func document(_ chapter: MediaInfo.Chapter) -> JSONValue {
        [
            "start_seconds": .number(chapter.start), "end_seconds": .number(chapter.end),
            "title": JSONValue(chapter.title.map(short)),
        ]
    }

    private static func document(_ picture: CoverArt) -> JSONValue {
        [
            "media_type": .string(picture.mediaType), "size_bytes": JSONValue(picture.bytes.count),
            "width": JSONValue(picture.width), "height": JSONValue(picture.height),
        ]
    }

    private static func short(_ text: String) -> String {
        text.count > longestTag ? text.prefix(longestTag - 1) + "…" : text
    }

    /// JSON Schema of the document.
    static var schema: JSONValue {
        let objects: JSONValue = ["type": "array", "items": ["type": "object"]]
        return [
            "type": "object", "required": ["container", "size_bytes", "audio", "video", "tags", "chapters"],
            "properties": [
                "container": ["type": "string"],
                "duration_seconds": ["type": ["number", "null"], "x-unit": "s"],
                "size_bytes": ["type": "integer", "x-unit": "B"],
                "bit_rate": ["type": ["integer", "null"], "x-unit": "bit/s"],
                "audio": objects, "video": objects, "chapters": objects,
                "other_streams": ["type": "integer"],
                "tags": ["type": "object", "additionalProperties": ["type": "string"]],
                "cover_art": ["type": ["object", "null"]],
                "loudness": LoudnessMeasurement.schema,
                "waveform": [
                    "type": "object",
                    "properties": [
                        "peaks": [
                            "type": "array", "items": ["type": "number"],
                            "description": "The largest magnitude in each of equal stretches of time; full scale is 1.",
                        ]
                    ],
                ],
            ],
        ]
    }
}
