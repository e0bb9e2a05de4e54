package import Contracts
package import Jobs
import Media
import Primitives
import VideoAPI

/// `video.audio`: the sound of a video taken out, exchanged, added or mixed; the pictures are never encoded.
package enum AudioOperation: Operation {
    enum Action: String, CaseIterable, Sendable {
        case extract, replace, add, mix
    }

    enum Format: String, CaseIterable, Sendable {
        case copy, wav, mp3, flac, aac, ogg, opus
    }

    package struct Parameters: Sendable {
        var action = Action.extract
        var format = Format.copy
        var bitRate = 192_000
        var ownGain = 0.0
        var otherGain = 0.0
        var language: String?
    }

    package static var name: String { VideoService.OperationName.audio }
    package static var summary: String {
        "Takes the sound out of a video, or replaces, adds or mixes in that of a second file; pictures stay as they are."
    }
    package static var inputs: InputRule { InputRule(.media, count: 1...2) }
    package static let schema = Schema(Parameters()) {
        Field.choice(
            "action", \.action,
            "`extract` the sound; with a second file `replace` it, `add` a track, or `mix` both. The video comes first.")
        Field.choice("format", \.format, "Of what is extracted; `copy` does not encode.")
        Field.integer("bit_rate", \.bitRate, in: 8_000...512_000, unit: "bit/s", "Of sound that is encoded.")
        Field.number("own_gain_db", \.ownGain, in: -60...20, unit: "dB", "With `mix`: of the video's own sound.")
        Field.number("other_gain_db", \.otherGain, in: -60...20, unit: "dB", "With `mix`: of the second file's.")
        Field.text("language", \.language, maximumLength: 3, "With `add` and `replace`: three letters, for example eng.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The sound, or the video with its new sound.",
            measurements: [
                "type": "object", "required": ["is_copy", "duration_seconds"],
                "properties": [
                    "is_copy": ["type": "boolean", "description": "Whether the sound was not encoded."],
                    "codec": ["type": "string"], "duration_seconds": ["type": "number", "x-unit": "s"],
                    "frames": ["type": "integer", "description": "Of the video, where there is one."],
                ],
            ])
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        guard context.inputs.count == (parameters.action == .extract ? 1 : 2) else {
            throw VideoError.outputSetting(
                parameters.action == .extract ? "extract takes one file" : "\(parameters.action.rawValue) takes a video and a sound"
            )
        }
        return switch parameters.action {
        case .extract: try parameters.format == .copy ? copied(context) : encoded(parameters, context)
        case .replace, .add, .mix: try SoundExchange(parameters: parameters, context: context).run()
        }
    }

    /// Where a sound goes that is not encoded, by its codec.
    private static func home(of codec: String) -> (container: MediaContainer, fileExtension: String, mediaType: String) {
        switch codec {
        case "aac", "alac", "mp3", "ac3", "eac3": (.mp4, "m4a", "audio/mp4")
        case "opus", "vorbis": (.webm, "weba", "audio/webm")
        default: (.mkv, "mka", "audio/x-matroska")
        }
    }

    private static func copied(_ context: JobContext) throws -> JobOutput {
        let input = context.inputs[0]
        let reader = try EncodedSource.soundPackets(input.path)
        let stream = reader.streams[0]
        let home = home(of: stream.codec)
        let name = OutputName.derived(from: input.name, suffix: nil, fileExtension: home.fileExtension, fallback: "sound")
        let writer = try MediaWriter(path: context.outputFolder + "/" + name, container: home.container)
        let track = try writer.addCopy(of: stream, from: reader)
        writer.tag(reader.info.tags, chapters: reader.info.chapters)
        var end = 0.0
        while let packet = try reader.next() {
            end = max(end, (packet.time ?? 0) + packet.duration - reader.start)
            try writer.write(packet, to: track, shiftedBy: -reader.start)
            if let duration = reader.info.duration, duration > 0 { context.report(end / duration, "copying") }
        }
        guard end > 0 else { throw MediaError.empty }
        try writer.finish()
        return output(name, home.mediaType, isCopy: true, codec: stream.codec, seconds: end)
    }

    private static func encoded(_ parameters: Parameters, _ context: JobContext) throws -> JobOutput {
        let input = context.inputs[0]
        let source = try SampleSource(path: input.path)
        guard let format = AudioFileFormat(rawValue: parameters.format.rawValue) else {
            throw VideoError.outputSetting("\(parameters.format.rawValue) is no format")
        }
        var target = AudioTarget(
            format: format, sampleRate: format.sampleRate(nearest: source.format.sampleRate),
            channels: min(source.format.channels, format.maximumChannels))
        target.bitRate = parameters.bitRate
        target.tags = try MediaReader(path: input.path).info.tags
        let name = OutputName.derived(from: input.name, suffix: nil, fileExtension: format.fileExtension, fallback: "sound")
        let writer = try AudioWriter(path: context.outputFolder + "/" + name, target: target)
        while let samples = try source.next() {
            try writer.write(samples)
            if let duration = source.duration, duration > 0 { context.report(source.position / duration, "encoding") }
        }
        try writer.finish()
        return output(name, format.mediaType, isCopy: false, codec: format.rawValue, seconds: source.position)
    }

    static func output(
        _ name: String, _ type: String, isCopy: Bool, codec: String, seconds: Double, frames: Int? = nil
    ) -> JobOutput {
        var measured: [String: JSONValue] = [
            "is_copy": .bool(isCopy), "codec": .string(codec), "duration_seconds": .number(seconds.rounded(decimals: 3)),
        ]
        if let frames { measured["frames"] = JSONValue(frames) }
        return JobOutput(
            files: [.init(name: name, mediaType: type)],
            measurements: .object(measured))
    }
}
