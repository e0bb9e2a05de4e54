import CLibAV
package import Primitives

/// What a file may ask of the studio.
package struct MediaLimits: Sendable {
    /// Pixels of a video frame; more is a decompression bomb. Larger cover art is not carried on.
    package var pixels = 40_000_000
    package var streams = 64
    package var channels = 64
    /// Hertz. Lower ones would turn a small file into a huge one when it is brought to a usual rate; the highest is DSD512.
    package var sampleRates = 1000...2_822_400
    /// Seconds of sound: some kilobytes of compressed silence are weeks of it.
    package var duration = 172_800.0
    /// Bytes of a cover picture.
    package var coverArt = ByteSize.mib(32)

    package init() {}

    /// - Throws: `MediaError.limitExceeded`.
    func check(_ context: UnsafeMutablePointer<AVFormatContext>) throws(MediaError) {
        for index in 0..<Int(context.pointee.nb_streams) {
            guard let stream = context.pointee.streams[index]?.pointee, let parameters = stream.codecpar?.pointee else { continue }
            // Cover art that is too large is left behind; the sound is still good.
            let isCoverArt = stream.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
            if !isCoverArt, Int(parameters.width) * Int(parameters.height) > pixels {
                throw .limitExceeded("a picture of \(parameters.width)×\(parameters.height) pixels is more than the studio opens")
            }
            if parameters.codec_type == AVMEDIA_TYPE_AUDIO, parameters.sample_rate > 0, parameters.ch_layout.nb_channels > 0 {
                try check(sampleRate: Int(parameters.sample_rate), channels: Int(parameters.ch_layout.nb_channels))
            }
        }
    }

    /// - Parameter duration: seconds.
    /// - Throws: `MediaError.limitExceeded`.
    func check(duration: Double) throws(MediaError) {
        guard duration <= self.duration else {
            throw .limitExceeded("more than \(Int(self.duration / 3600)) hours of sound are more than the studio handles")
        }
    }

    /// - Throws: `MediaError.limitExceeded`.
    func check(sampleRate: Int, channels: Int) throws(MediaError) {
        guard channels <= self.channels else {
            throw .limitExceeded("\(channels) channels are more than the \(self.channels) that the studio handles")
        }
        guard sampleRates.contains(sampleRate) else {
            throw .limitExceeded(
                "a sample rate of \(sampleRate) Hz is outside of the \(sampleRates.lowerBound) to \(sampleRates.upperBound) Hz that the studio handles"
            )
        }
    }
}
