import CLibAV

/// What decoded audio looks like in memory.
package struct AudioFormat: Sendable, Hashable {
    /// Hertz.
    package let sampleRate: Int
    package let channels: Int
    /// Which speaker each channel is for, as the libraries' bit mask; 0 only when there is no usual layout for so many channels.
    package let channelMask: UInt64
    /// The libraries' sample format.
    let sampleFormat: Int32

    init(sampleRate: Int, channels: Int, channelMask: UInt64, sampleFormat: AVSampleFormat) {
        (self.sampleRate, self.channels) = (sampleRate, channels)
        // Files that leave the layout open are taken to mean the usual one, so that equal sound has equal formats.
        self.channelMask = channelMask != 0 ? channelMask : Self.usualMask(channels)
        self.sampleFormat = sampleFormat.rawValue
    }

    /// Planar 32-bit floats at a rate.
    /// - Parameters:
    ///   - sampleRate: hertz.
    ///   - channelMask: 0 takes the usual layout for so many channels.
    package static func float(sampleRate: Int, channels: Int, channelMask: UInt64 = 0) -> AudioFormat {
        AudioFormat(sampleRate: sampleRate, channels: channels, channelMask: channelMask, sampleFormat: AV_SAMPLE_FMT_FLTP)
    }

    /// The same with planar 32-bit floats.
    package var asFloat: AudioFormat {
        AudioFormat(sampleRate: sampleRate, channels: channels, channelMask: channelMask, sampleFormat: AV_SAMPLE_FMT_FLTP)
    }

    package var isFloatPlanar: Bool { sampleFormat == AV_SAMPLE_FMT_FLTP.rawValue }

    var avSampleFormat: AVSampleFormat { AVSampleFormat(sampleFormat) }

    /// Calls `body` with the libraries' layout.
    func withLayout<R>(_ body: (UnsafeMutablePointer<AVChannelLayout>) -> R) -> R {
        var layout = AVChannelLayout()
        if channelMask != 0 {
            av_channel_layout_from_mask(&layout, channelMask)
        } else {
            av_channel_layout_default(&layout, Int32(channels))
        }
        defer { av_channel_layout_uninit(&layout) }
        return body(&layout)
    }

    private static func usualMask(_ channels: Int) -> UInt64 {
        var layout = AVChannelLayout()
        av_channel_layout_default(&layout, Int32(channels))
        defer { av_channel_layout_uninit(&layout) }
        return avs_layout_mask(&layout)
    }
}
