import Media

extension AudioTarget {
    /// The target that settings mean for a source.
    /// - Parameters:
    ///   - settings: what the person asked for.
    ///   - source: the source; its tags, chapters and cover art are carried over.
    ///   - isProcessed: whether the samples will be changed, so that rounding them to 16 bits needs dither.
    /// - Throws: `AudioError.outputSetting` when the format can not do what was asked.
    init(_ settings: OutputSettings, source: AudioSource, isProcessed: Bool) throws(AudioError) {
        try self.init(settings, like: SoundTraits(source), isProcessed: isProcessed)
        (tags, chapters, coverArt) = (source.info.tags, source.chapters, source.coverArt)
    }

    /// The target that settings mean for sound of some kind.
    /// - Throws: `AudioError.outputSetting` when the format can not do what was asked.
    init(_ settings: OutputSettings, like source: SoundTraits, isProcessed: Bool) throws(AudioError) {
        let format = settings.format ?? AudioFileFormat(keeping: source.codec)
        let quality = settings.quality ?? (format.isLossless ? .lossless : .high)
        guard format.isLossless || quality != .lossless else {
            throw .outputSetting("\(format.rawValue) can not be lossless: choose wav or flac, or the quality high or medium")
        }
        let rate = try Self.sampleRate(settings, format, quality, source: source)
        let channels = try Self.channels(settings, format, source: source)
        self.init(
            format: format, sampleRate: rate, channels: channels,
            channelMask: channels == source.channels ? source.channelMask : 0)
        if format.isLossless {
            bitDepth = try Self.bitDepth(settings, format, quality, source: source)
            let isReduced = isProcessed || rate != source.sampleRate || channels != source.channels
            let sourceBits = source.bitDepth ?? 32
            dither = bitDepth == 16 && (isReduced || sourceBits > 16) ? settings.dither : .none
        } else {
            guard settings.bitDepth == nil else {
                throw .outputSetting("bit_depth does not apply to \(format.rawValue), which has no fixed number of bits")
            }
            bitRate = format.bitRate(quality, sampleRate: rate, channels: channels)
        }
    }

    private static func sampleRate(
        _ settings: OutputSettings, _ format: AudioFileFormat, _ quality: OutputQuality, source: SoundTraits
    ) throws(AudioError) -> Int {
        if let wish = settings.sampleRate {
            let rate = min(format.sampleRate(nearest: wish), format.highestRate)
            guard rate == wish else {
                throw .outputSetting(
                    "\(format.rawValue) can not hold a sample rate of \(wish) Hz; the nearest it can is \(rate) Hz")
            }
            return rate
        }
        let rate = source.sampleRate
        // What lossy formats keep ends at the limit of hearing. A family of rates is kept: 88.2 kHz becomes 44.1, 96 and 192
        // become 48.
        let isModerate = quality == .medium || !format.isLossless
        return format.sampleRate(nearest: isModerate && rate > 48_000 ? (rate % 11_025 == 0 ? 44_100 : 48_000) : rate)
    }

    private static func channels(
        _ settings: OutputSettings, _ format: AudioFileFormat, source: SoundTraits
    ) throws(AudioError) -> Int {
        guard let wish = settings.channels else { return min(source.channels, format.maximumChannels) }
        guard wish <= format.maximumChannels else {
            throw .outputSetting("\(format.rawValue) holds at most \(format.maximumChannels) channels, not \(wish)")
        }
        return wish
    }

    private static func bitDepth(
        _ settings: OutputSettings, _ format: AudioFileFormat, _ quality: OutputQuality, source: SoundTraits
    ) throws(AudioError) -> Int {
        let most = format == .flac ? 24 : 32
        if let wish = settings.bitDepth {
            guard wish.bits <= most else { throw .outputSetting("flac holds 16 or 24 bits, not \(wish.bits)") }
            return wish.bits
        }
        // Lossy sources have no bits of their own; 16 hold what their encoders kept.
        let own = source.bitDepth ?? 16
        let fitting = own <= 16 ? 16 : own <= 24 ? 24 : 32
        switch quality {
        case .lossless: return min(fitting, most)
        case .high: return min(fitting, 24)
        case .medium: return 16
        }
    }
}

/// What of a sound decides how it can be written.
struct SoundTraits {
    /// libavcodec's name, for example `pcm_s24le`.
    var codec = "pcm_s16le"
    var sampleRate: Int
    var channels: Int
    var channelMask: UInt64 = 0
    var bitDepth: Int? = 16

    /// Sound that the studio makes itself.
    init(sampleRate: Int, channels: Int) {
        (self.sampleRate, self.channels) = (sampleRate, channels)
    }

    init(_ source: AudioSource) {
        (codec, bitDepth) = (source.stream.codec, source.stream.bitDepth)
        (sampleRate, channels) = (source.format.sampleRate, source.format.channels)
        channelMask = source.format.channelMask
    }
}

extension AudioFileFormat {
    /// The format of the same family as a codec.
    /// - Parameter codec: libavcodec's name, for example `pcm_s24le`.
    init(keeping codec: String) {
        switch codec {
        case "mp3", "mp2", "mp1": self = .mp3
        case "vorbis": self = .ogg
        case "opus": self = .opus
        case "flac", "alac", "ape", "wavpack", "tta", "tak", "mlp", "truehd": self = .flac
        case let name where name.hasPrefix("pcm_") || name.hasPrefix("dsd_"): self = .wav
        default: self = .aac
        }
    }

    /// The highest sample rate that can be asked for, Hz. libvorbis takes no bit rates above 48 kHz.
    fileprivate var highestRate: Int { self == .ogg ? 48_000 : .max }

    /// The bit rate of a lossy format, bits per second.
    func bitRate(_ quality: OutputQuality, sampleRate: Int, channels: Int) -> Int {
        let isHigh = quality != .medium
        let perChannel =
            switch self {
            case .mp3, .aac: isHigh ? 128_000 : 64_000
            case .ogg: isHigh ? 112_000 : 64_000
            case .opus: isHigh ? 80_000 : 48_000
            case .wav, .flac: 0
            }
        // Half the band needs half the bits, and the encoders take no more at low rates.
        let share = sampleRate >= 32_000 ? 1 : sampleRate >= 16_000 ? 2 : 4
        return perChannel * channels / share
    }
}
