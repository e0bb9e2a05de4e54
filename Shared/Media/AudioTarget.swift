/// The audio formats that the studio writes.
package enum AudioFileFormat: String, Sendable, CaseIterable {
    case wav, mp3, flac, aac, ogg, opus

    package var fileExtension: String { self == .aac ? "m4a" : rawValue }

    package var mediaType: String {
        switch self {
        case .wav: "audio/wav"
        case .mp3: "audio/mpeg"
        case .flac: "audio/flac"
        case .aac: "audio/mp4"
        case .ogg, .opus: "audio/ogg"
        }
    }

    /// Whether what is written can be read back bit by bit.
    package var isLossless: Bool { self == .wav || self == .flac }
}

/// How an output file is to be encoded.
package struct AudioTarget: Sendable {
    package var format: AudioFileFormat
    /// Hertz.
    package var sampleRate: Int
    package var channels: Int
    /// Speakers as a bit mask; 0 takes the usual layout.
    package var channelMask: UInt64
    /// 16, 24 or 32 (float) for WAV; 16 or 24 for FLAC; ignored otherwise.
    package var bitDepth = 16
    /// Bits per second for lossy formats; not used where `quality` is set.
    package var bitRate = 192_000
    /// Asks for a quality in place of a bit rate, on the encoder's own scale: MP3 0 (best) to 9, Ogg Vorbis -1 to 10 (best), AAC
    /// 0.1 to 2 (best).
    package var quality: Double?
    /// FLAC's compression level, 0 to 12.
    package var compressionLevel = 5
    package var dither = Dither.none
    package var tags: [String: String] = [:]
    package var chapters: [MediaInfo.Chapter] = []
    package var coverArt: CoverArt?
    /// Whether equal sound gives equal bytes: no versions of the libraries, no random serial numbers in the file.
    package var isBitExact = false
    /// Whether the bytes go out in order as they are made, into a pipe that is there already: no header is completed at the end,
    /// and AAC is an ADTS stream in place of an MP4 file.
    package var isStreamed = false

    /// Whether samples are written as integers, which end at full scale.
    package var isInteger: Bool { format.isLossless && bitDepth < 32 }

    package init(format: AudioFileFormat, sampleRate: Int, channels: Int, channelMask: UInt64 = 0) {
        (self.format, self.sampleRate, self.channels, self.channelMask) = (format, sampleRate, channels, channelMask)
    }
}
