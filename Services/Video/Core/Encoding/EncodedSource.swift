import Jobs
import Media
import Primitives

/// How an operation that encodes reads its input, and what it tells of its outputs.
enum EncodedSource {
    /// A reader of nothing but the sound that players choose.
    /// - Throws: `MediaError`.
    static func soundPackets(_ path: String) throws(MediaError) -> PacketReader {
        let first = try PacketReader(path: path) { $0.kind == .audio }
        guard let chosen = first.info.audio.first(where: \.isDefault) ?? first.info.audio.first else { throw .noAudio }
        return try PacketReader(path: path) { $0.index == chosen.index }
    }

    /// Measurements of one file.
    static func document(
        _ outcome: Rendition.Outcome, _ chain: VideoChain?, _ target: VideoTarget?, audio: AudioTarget?, isCopy: Bool
    ) -> [String: JSONValue] {
        let duration = max(outcome.sound, outcome.lastFrame + (target?.frameRate.map { 1 / $0.value } ?? 0.04))
        return [
            "width": JSONValue(chain?.size.width), "height": JSONValue(chain?.size.height),
            "frames": JSONValue(outcome.frames), "frames_dropped": JSONValue(outcome.dropped),
            "frame_rate": JSONValue(target?.frameRate.map { $0.value.rounded(decimals: 4) }),
            "duration_seconds": .number(duration.rounded(decimals: 3)), "size_bytes": .integer(outcome.bytes),
            "bit_rate": JSONValue(Int(Double(outcome.bytes) * 8 / max(duration, 0.001))),
            "codec": JSONValue(target?.codec.rawValue), "pixel_format": JSONValue(chain?.pixelFormat),
            "encoder": JSONValue(outcome.encoder), "is_hardware": .bool(outcome.isHardware),
            "audio_codec": isCopy ? "copy" : JSONValue(audio?.format.rawValue), "audio_bit_rate": JSONValue(audio?.bitRate),
            "is_deinterlaced": .bool(chain?.isDeinterlaced ?? false), "is_tone_mapped": .bool(chain?.isToneMapped ?? false),
        ]
    }

    /// The frames and seconds of several files together, as measurements tell them; sound alone does not count.
    /// - Parameter documents: of the files.
    static func handled(_ documents: [JSONValue]) -> [String: JSONValue] {
        var (frames, seconds) = (Int64(0), 0.0)
        for document in documents {
            guard let own = document["frames"]?.integerValue, own > 0 else { continue }
            (frames, seconds) = (frames + own, seconds + (document["duration_seconds"]?.doubleValue ?? 0))
        }
        return ["frames": .integer(frames), "duration_seconds": .number(seconds.rounded(decimals: 3))]
    }

    /// JSON Schema of the document.
    static var schema: JSONValue {
        [
            "type": "object",
            "properties": [
                "width": ["type": ["integer", "null"], "x-unit": "px"], "height": ["type": ["integer", "null"], "x-unit": "px"],
                "frames": ["type": "integer"],
                "frames_dropped": ["type": "integer", "description": "Left out because no file holds two at one time."],
                "frame_rate": ["type": ["number", "null"], "x-unit": "1/s", "description": "Null where it varies."],
                "duration_seconds": ["type": "number", "x-unit": "s"], "size_bytes": ["type": "integer", "x-unit": "B"],
                "bit_rate": ["type": "integer", "x-unit": "bit/s"], "codec": ["type": ["string", "null"]],
                "encoder": ["type": ["string", "null"], "description": "The library or graphics card that encoded."],
                "is_hardware": ["type": "boolean"], "audio_codec": ["type": ["string", "null"]],
                "is_deinterlaced": ["type": "boolean"], "is_tone_mapped": ["type": "boolean"],
            ],
        ]
    }
}
