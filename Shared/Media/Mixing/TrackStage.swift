import Glibc

/// Brings one track into a mix: start, gain, pan and fades.
struct TrackStage {
    let track: MixTrack
    /// Frames of the mix before it begins.
    let start: Int
    /// Where it ends in the mix; the fade out leads there.
    private let end: Int?
    private let fadeIn: Int
    private let fadeOut: Int
    /// By output channel, for each channel of the track: amplitude ratios.
    private let matrix: [[Float]]

    /// - Parameters:
    ///   - channels: of the track, 1 or 2.
    ///   - outputs: of the mix, 1 or 2.
    ///   - end: frames from the mix's beginning; `nil` when the track has no fade out.
    init(_ track: MixTrack, channels: Int, outputs: Int, sampleRate: Int, end: Int?) {
        self.track = track
        let rate = Double(sampleRate)
        start = Int((track.start * rate).rounded())
        (fadeIn, fadeOut) = (Int((track.fadeIn * rate).rounded()), Int((track.fadeOut * rate).rounded()))
        self.end = end
        let gain = pow(10, track.gain / 20)
        switch (channels, outputs) {
        case (1, 2):
            // Constant power: a voice is as loud in the middle as at the side.
            let angle = (track.pan + 1) * .pi / 4
            matrix = [[Float(gain * cos(angle))], [Float(gain * sin(angle))]]
        case (2, 2):
            matrix = [[Float(gain * min(1, 1 - track.pan)), 0], [0, Float(gain * min(1, 1 + track.pan))]]
        default:
            matrix = [Array(repeating: Float(gain), count: channels)]
        }
    }

    /// Adds frames of the track to the mix.
    /// - Parameters:
    ///   - planes: by channel.
    ///   - position: where the first frame belongs in the mix.
    ///   - bus: by output channel; its first frame is `busStart` of the mix.
    func add(_ planes: [UnsafeBufferPointer<Float>], at position: Int, to bus: [UnsafeMutablePointer<Float>], from busStart: Int) {
        let count = planes.first?.count ?? 0
        var done = 0
        while done < count {
            let (gain, slope, length) = envelope(at: position + done, atMost: count - done)
            for (output, row) in matrix.enumerated() {
                for (channel, factor) in row.enumerated() where factor != 0 {
                    guard let samples = planes[channel].baseAddress else { continue }
                    (bus[output] + (position + done - busStart)).add(
                        samples + done, rampFrom: factor * gain, step: factor * slope, count: length)
                }
            }
            done += length
        }
    }

    /// The fades from a frame of the mix on: the gain there, its change a frame, and for how many frames that holds.
    private func envelope(at position: Int, atMost count: Int) -> (gain: Float, slope: Float, length: Int) {
        var (gain, slope, length) = (Float(1), Float(0), count)
        if position < start + fadeIn {
            length = min(length, start + fadeIn - position)
            (gain, slope) = (Float(position - start) / Float(fadeIn), 1 / Float(fadeIn))
        }
        guard fadeOut > 0, let end else { return (gain, slope, length) }
        let begin = max(end - fadeOut, start + fadeIn)
        if position < begin { return (gain, slope, min(length, begin - position)) }
        let span = Float(max(1, end - begin))
        guard position < end else { return (0, 0, count) }
        return (Float(end - position) / span, -1 / span, min(length, end - position))
    }
}
