import Media
import Primitives

extension AudioTarget {
    /// The encoding as results show it.
    var document: JSONValue {
        var document: [String: JSONValue] = [
            "format": .string(format.rawValue), "sample_rate_hz": JSONValue(sampleRate), "channels": JSONValue(channels),
        ]
        if format.isLossless {
            document["bit_depth"] = JSONValue(bitDepth)
            document["dither"] = .string(dither.rawValue)
        } else {
            document["bit_rate"] = JSONValue(bitRate)
        }
        if coverArt != nil { document["cover_art"] = format == .wav ? "not-possible" : "kept" }
        return .object(document)
    }

    /// JSON Schema of `document`.
    static var documentSchema: JSONValue {
        [
            "type": "object", "required": ["format", "sample_rate_hz", "channels"],
            "properties": [
                "format": ["enum": .array(AudioFileFormat.allCases.map { .string($0.rawValue) })],
                "sample_rate_hz": ["type": "integer", "x-unit": "Hz"],
                "channels": ["type": "integer"],
                "bit_depth": ["type": "integer", "description": "Of lossless formats."],
                "dither": ["enum": .array(Dither.allCases.map { .string($0.rawValue) })],
                "bit_rate": ["type": "integer", "x-unit": "bit/s", "description": "Of lossy formats."],
                "clipped_samples": [
                    "type": "integer",
                    "description": .string(
                        "Samples above full scale, before a change of rate or channels, that 16 or 24 bits could not hold; absent when "
                            + "there are none. WAV of 32 bits and lossy formats keep what is above it."),
                ],
                "cover_art": [
                    "enum": ["kept", "not-possible"],
                    "description": "Absent when the input has none; wav has no place for a picture.",
                ],
            ],
        ]
    }
}

extension AudioWriter {
    /// The encoding as results show it, with what was lost.
    var document: JSONValue {
        guard clippedSamples > 0, case .object(var document) = target.document else { return target.document }
        document["clipped_samples"] = JSONValue(clippedSamples)
        return .object(document)
    }
}
