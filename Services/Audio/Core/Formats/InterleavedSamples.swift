import Media

/// Turns planar floats into interleaved 16-bit samples, one or two channels of them.
final class InterleavedSamples {
    /// Planar floats as `withSamples` takes them: one or two channels, more are mixed down to two.
    let format: AudioFormat
    /// Mixing several channels into one may exceed full scale.
    private let scale: Float
    private var samples: [Int16] = []

    /// - Parameter source: planar floats.
    init(_ source: AudioFormat) {
        let channels = min(source.channels, 2)
        let isMixed = source.channels > channels
        format = isMixed ? .planar(sampleRate: source.sampleRate, channels: 2, channelMask: 0) : source
        scale = isMixed ? 0.5 : 1
    }

    /// Lends the samples of a frame.
    /// - Parameter frame: of `format`.
    func withSamples<Result>(of frame: AudioFrame, _ body: (UnsafeBufferPointer<Int16>) throws -> Result) rethrows -> Result {
        let (channels, count) = (format.channels, frame.frameCount)
        if samples.count < count * channels { samples = [Int16](repeating: 0, count: count * channels) }
        return try samples.withUnsafeMutableBufferPointer { samples in
            for (channel, plane) in frame.planes.enumerated() {
                for index in 0..<count { samples[index * channels + channel] = Self.rounded(plane[index] * scale) }
            }
            return try body(UnsafeBufferPointer(rebasing: samples[..<(count * channels)]))
        }
    }

    /// What is not a number is silence.
    private static func rounded(_ sample: Float) -> Int16 {
        guard !sample.isNaN else { return 0 }
        return Int16(min(max(sample * 32_768, -32_768), 32_767).rounded(.toNearestOrEven))
    }
}
