import Primitives

/// A gain that moves over a whole programme: one value every so many frames, linear in between.
package struct GainCurve: Sendable, Hashable {
    /// Frames between two values, at least 1.
    package let stepFrames: Int
    /// Amplitude ratios at the frames 0, `stepFrames`, 2 · `stepFrames` and so on; the last one holds from there on.
    package let gains: [Float]

    /// - Parameters: as the properties; without gains the curve is 1 throughout.
    package init(stepFrames: Int, gains: [Float]) {
        self.stepFrames = max(1, stepFrames)
        self.gains = gains.isEmpty ? [1] : gains
    }

    /// The gain at a frame.
    package func gain(at frame: Int) -> Float {
        let step = frame / stepFrames
        guard step + 1 < gains.count else { return gains[gains.count - 1] }
        return gains[step] + (gains[step + 1] - gains[step]) * Float(frame - step * stepFrames) / Float(stepFrames)
    }

    /// Multiplies frames by the curve in place.
    /// - Parameters:
    ///   - planes: one buffer for each channel, all of the same length.
    ///   - position: the number of their first frame in the programme.
    package func apply(to planes: [UnsafeMutableBufferPointer<Float>], at position: Int) {
        let frames = planes.first?.count ?? 0
        var done = 0
        while done < frames {
            let step = (position + done) / stepFrames
            let end = step + 1 < gains.count ? min(frames, (step + 1) * stepFrames - position) : frames
            let first = gain(at: position + done)
            let slope = step + 1 < gains.count ? (gains[step + 1] - gains[step]) / Float(stepFrames) : 0
            if first != 1 || slope != 0 {
                for plane in planes {
                    guard let samples = plane.baseAddress else { continue }
                    samples.advanced(by: done).multiply(by: first, step: slope, count: end - done)
                }
            }
            done = end
        }
    }
}
