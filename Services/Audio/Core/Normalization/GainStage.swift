import Metering

/// Applies a plan to samples, in order.
package struct GainStage {
    private let gain: Float
    private let curve: LimiterCurve?
    private var position = 0

    /// - Parameters:
    ///   - gain: dB.
    ///   - curve: the limiter's gains, from the first frame on.
    package init(gain: Double, curve: LimiterCurve?) {
        self.gain = Float(Loudness.amplitude(gain))
        self.curve = curve
    }

    /// Treats the next frames in place: one buffer for each channel, all of the same length.
    package mutating func process(_ planes: [UnsafeMutableBufferPointer<Float>]) {
        let frames = planes.first?.count ?? 0
        guard let curve else {
            for plane in planes { amplify(plane, 0..<frames, by: gain) }
            return
        }
        var frame = 0
        while frame < frames {
            let block = min((position + frame) / curve.blockFrames, curve.gains.count - 2)
            let blockStart = block * curve.blockFrames - position
            // Frames past the last block keep its last gain.
            let isLast = block == curve.gains.count - 2
            let end = isLast ? frames : min(frames, blockStart + curve.blockFrames)
            let (from, to) = (curve.gains[block], curve.gains[block + 1])
            for plane in planes {
                if from == to {
                    amplify(plane, frame..<end, by: gain * to)
                } else {
                    ramp(plane, frame..<end, blockStart: blockStart, from: from, to: to, blockFrames: curve.blockFrames)
                }
            }
            frame = end
        }
        position += frames
    }

    private func amplify(_ plane: UnsafeMutableBufferPointer<Float>, _ range: Range<Int>, by gain: Float) {
        guard let samples = plane.baseAddress else { return }
        for index in range { samples[index] *= gain }
    }

    private func ramp(
        _ plane: UnsafeMutableBufferPointer<Float>, _ range: Range<Int>, blockStart: Int, from: Float, to: Float, blockFrames: Int
    ) {
        guard let samples = plane.baseAddress else { return }
        let slope = (to - from) / Float(blockFrames)
        for index in range {
            let into = Float(min(index - blockStart, blockFrames))
            samples[index] *= gain * (from + slope * into)
        }
    }
}
