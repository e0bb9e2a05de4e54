/// The video codecs that the studio writes.
package enum VideoCodec: String, Sendable, CaseIterable {
    case h264, h265, vp9, av1

    /// The library that encodes it on the processor, as libavcodec names it.
    package var softwareEncoder: String {
        switch self {
        case .h264: "libx264"
        case .h265: "libx265"
        case .vp9: "libvpx-vp9"
        case .av1: "libsvtav1"
        }
    }

    /// What `VideoTarget.Rate.quality` goes from and to, 0 being best, and what looks good.
    package var qualities: ClosedRange<Double> { self == .h264 || self == .h265 ? 0...51 : 0...63 }
    package var usualQuality: Double {
        switch self {
        case .h264: 23
        case .h265: 28
        case .vp9: 32
        case .av1: 35
        }
    }
}

/// How much time an encoder takes for a smaller file; the names are those of x264.
package enum EncodingSpeed: String, Sendable, CaseIterable {
    case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow

    /// 0 for the fastest.
    var step: Int { Self.allCases.firstIndex(of: self) ?? 5 }
}

/// Where video is encoded.
package enum EncodingPlace: String, Sendable, CaseIterable {
    /// On a graphics card where one does it, else on the processor.
    case auto
    case software, hardware
}

/// How a video is to be encoded.
package struct VideoTarget: Sendable {
    /// What the encoder aims at.
    package enum Rate: Sendable, Hashable {
        /// Constant quality (CRF) on the codec's own scale; see `VideoCodec.qualities`.
        case quality(Double)
        /// Bits per second on average.
        case bitRate(Int)
        /// The first of two passes, which only measures, and the second. The path is that of a file for what is measured.
        case firstPass(bitRate: Int, statistics: String)
        case secondPass(bitRate: Int, statistics: String)
    }

    package var codec: VideoCodec
    package var rate: Rate
    package var speed = EncodingSpeed.medium
    package var place = EncodingPlace.software
    /// For example `yuv420p` or `yuv420p10le`; frames must have it.
    package var pixelFormat = "yuv420p"
    /// What the file says of its colours.
    package var color = MediaInfo.Color(space: nil, transfer: nil, primaries: nil, range: nil)
    /// Frames a second where that is constant: times are rounded to it. `nil` keeps every frame's own time.
    package var frameRate: Ratio?
    /// Seconds from one key frame to the next at most; `nil` for the encoder's own.
    package var longestGroup: Double?
    /// Seconds at whose multiples a key frame has to be, as segments need it.
    package var keyFrameEvery: Double?
    /// Bits per second that are not exceeded, and bits of the buffer that smooths them; `nil` for any.
    package var highestRate: Int?
    package var rateBuffer: Int?
    /// The encoder's own names, for example `high`, `4.1` and `stillimage`.
    package var profile: String?
    package var level: String?
    package var tune: String?
    /// The identifier of the parameter sets, where the stream has others, too; H.264 only.
    package var parameterSet: Int?
    /// Frames that are looked ahead; `nil` for what `speed` has. Memory grows with it.
    package var lookahead: Int?
    /// Threads; 0 for as many as the encoder likes.
    package var threads = 0
    /// Whether equal frames give equal bytes: no versions of the libraries in the file.
    package var isBitExact = false
    /// Brightness of the mastering screen, for video of high dynamic range.
    package var mastering: MasteringMetadata?

    package init(_ codec: VideoCodec, _ rate: Rate) { (self.codec, self.rate) = (codec, rate) }

    /// Whether nothing is kept of what is encoded.
    package var isMeasuring: Bool {
        if case .firstPass = rate { true } else { false }
    }
}
