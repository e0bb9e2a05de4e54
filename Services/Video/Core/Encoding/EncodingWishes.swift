import Contracts
import Media

/// What a person may say of the files that are written: part of the parameters of every operation that encodes.
package struct EncodingWishes: Sendable {
    package enum Sound: String, CaseIterable, Sendable {
        case auto, aac, opus, copy, none
    }

    var container: MediaContainer?
    var codec: VideoCodec?
    var quality: Double?
    var bitRate: Int?
    var speed: EncodingSpeed?
    var place = EncodingPlace.auto
    var sound = Sound.auto
    var soundRate: Int?

    package init() {}

    /// Whether something is said that can not be done.
    /// - Throws: `VideoError.outputSetting`.
    func check(_ preset: PlatformPreset) throws(VideoError) {
        let (codec, container) = (codec(preset), container(preset))
        guard [.mp4, .mov, .mkv, .webm].contains(container) else {
            throw .outputSetting("\(container.rawValue) is not a format of files to keep; choose mp4, mov, mkv or webm")
        }
        guard container.holds(codec) else { throw .outputSetting("\(container.rawValue) can not hold \(codec.rawValue)") }
        if let format = soundFormat(container), !container.holds(format) {
            throw .outputSetting("\(container.rawValue) can not hold \(format.rawValue)")
        }
        if let quality, !codec.qualities.contains(quality) {
            throw .outputSetting(
                "the quality of \(codec.rawValue) goes from 0 to \(Int(codec.qualities.upperBound)), not \(quality)")
        }
    }

    func container(_ preset: PlatformPreset) -> MediaContainer {
        container ?? (codec == .vp9 ? .webm : preset.container)
    }

    func codec(_ preset: PlatformPreset) -> VideoCodec {
        codec ?? (container == .webm ? .vp9 : preset.codec)
    }

    /// The first field that asks for what a copy of the source's packets can not promise: all but quality and speed, which are of
    /// what has to be encoded anyway, sound left out, and a container that takes what mp4 does.
    var fieldThatNeedsEncoding: String? {
        if codec != nil { return "codec" }
        return container == .webm ? "container" : encoderField
    }

    /// The first of those fields that are of the encoders.
    var encoderField: String? {
        if codec != nil { return "codec" }
        if bitRate != nil { return "bit_rate" }
        if place != .auto { return "encoder" }
        if sound == .aac || sound == .opus { return "audio" }
        return soundRate != nil ? "audio_bit_rate" : nil
    }

    /// The format that sound is encoded in; `nil` when it is not.
    private func soundFormat(_ container: MediaContainer) -> AudioFileFormat? {
        switch sound {
        case .auto: container == .webm ? .opus : .aac
        case .aac: .aac
        case .opus: .opus
        case .copy, .none: nil
        }
    }

    /// How a sound is encoded; `nil` when it is not.
    func audioTarget(_ format: AudioFormat, _ container: MediaContainer, _ preset: PlatformPreset) -> AudioTarget? {
        guard let wanted = soundFormat(container) else { return nil }
        // More than two channels stay as many where the format holds them.
        let channels = min(format.channels, 8)
        var target = AudioTarget(
            format: wanted, sampleRate: wanted.sampleRate(nearest: min(48_000, format.sampleRate)), channels: channels,
            channelMask: channels == format.channels ? format.channelMask : 0)
        let usual = (preset.audioRate ?? 192_000) * (channels == 1 ? 1 : (channels + 1) / 2) / (channels == 1 ? 2 : 1)
        target.bitRate = soundRate ?? min(usual, channels * 256_000)
        return target
    }

    /// The preset's settings with what was said instead of them.
    func videoTarget(_ preset: PlatformPreset, _ rate: VideoTarget.Rate? = nil) -> VideoTarget {
        let codec = codec(preset)
        let usual = self.codec == nil || codec == preset.codec ? preset.quality : codec.usualQuality
        var target = VideoTarget(codec, rate ?? bitRate.map(VideoTarget.Rate.bitRate) ?? .quality(quality ?? usual))
        target.speed = speed ?? preset.speed
        target.place = place
        target.longestGroup = preset.longestGroup
        target.highestRate = preset.highestRate
        target.profile = codec == .h264 ? preset.profile : nil
        return target
    }
}

/// Parameters of an operation that writes video.
package protocol WritesVideo: Sendable {
    var encoding: EncodingWishes { get set }
}

extension WritesVideo {
    /// The fields that all of them share.
    static var encodingFields: [Field<Self>] {
        [
            .choice("container", \Self.encoding.container, "Of the file; mp4 where nothing else is said."),
            .choice("codec", \Self.encoding.codec, "Of the pictures; h264 where nothing else is said."),
            .number(
                "quality", \Self.encoding.quality, in: 0...63,
                "Constant quality (CRF), 0 being best; usual are 18 to 28 for h264 and h265, 25 to 40 for vp9 and av1."),
            .integer(
                "bit_rate", \Self.encoding.bitRate, in: 10_000...400_000_000, unit: "bit/s",
                "Of the pictures, instead of a quality."),
            .choice("speed", \Self.encoding.speed, "What is slower makes smaller files."),
            .choice(
                "encoder", \Self.encoding.place,
                "A graphics card that encodes (`hardware`), the processor (`software`), or the card where there is one."),
            .choice(
                "audio", \Self.encoding.sound,
                "`auto` is AAC, and Opus in WebM; with the preset `archive` the sound as it is, where Matroska holds it, as with `copy`."
            ),
            .integer("audio_bit_rate", \Self.encoding.soundRate, in: 8_000...1_024_000, unit: "bit/s", "Of the sound."),
        ]
    }
}

extension SchemaBuilder {
    /// Lets a schema take in a list of fields that several operations share.
    static func buildExpression(_ fields: [Field<Root>]) -> [Field<Root>] { fields }
}
