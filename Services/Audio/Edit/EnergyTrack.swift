import Media
import Primitives

/// The energy of sound in short steps, over all channels together.
package struct EnergyTrack: Sendable {
    /// Frames of one step.
    package let stepFrames: Int
    /// Hz.
    package let sampleRate: Int
    /// Mean squares over the channels, one for each whole step and one for what is left at the end.
    package private(set) var energies: [Float] = []
    /// Frames taken in.
    package private(set) var frames = 0
    private var sum: Float = 0
    private var filled = 0

    /// - Parameters:
    ///   - sampleRate: Hz.
    ///   - stepSeconds: length of a step.
    package init(sampleRate: Int, stepSeconds: Double = 0.01) {
        self.sampleRate = sampleRate
        stepFrames = max(1, Int((stepSeconds * Double(sampleRate)).rounded()))
    }

    /// Seconds of one step.
    package var stepSeconds: Double { Double(stepFrames) / Double(sampleRate) }

    /// Takes the next frames.
    /// - Parameter planes: one buffer for each channel, all of the same length.
    /// - Throws: `EditError.notFinite`.
    package mutating func process(_ planes: [UnsafeBufferPointer<Float>]) throws(EditError) {
        let count = planes.first?.count ?? 0
        var done = 0
        while done < count {
            let part = min(count - done, stepFrames - filled)
            for plane in planes { sum += UnsafeBufferPointer(rebasing: plane[done..<done + part]).squareSum }
            filled += part
            done += part
            if filled == stepFrames { try endStep(channels: planes.count) }
            frames += part
        }
    }

    /// Ends the sound.
    /// - Throws: `EditError.notFinite`.
    package mutating func finish(channels: Int) throws(EditError) {
        if filled > 0 { try endStep(channels: channels) }
    }

    private mutating func endStep(channels: Int) throws(EditError) {
        guard sum.isFinite else { throw .notFinite }
        energies.append(sum / Float(filled * max(1, channels)))
        (sum, filled) = (0, 0)
    }
}

extension EnergyTrack {
    /// The quietest moment near another: where a cut is heard least.
    /// - Parameters:
    ///   - time: seconds.
    ///   - reach: seconds to either side that are searched.
    /// - Returns: seconds, the middle of a step; `time` itself where nothing is known.
    package func quietestMoment(near time: Double, within reach: Double) -> Double {
        let first = max(0, Int(clamping: (time - reach) / stepSeconds))
        // Bounded before one is added: the time may be any.
        let last = min(energies.count - 1, Int(clamping: (time + reach) / stepSeconds)) + 1
        guard first < last, let step = (first..<last).min(by: { energies[$0] < energies[$1] }) else { return time }
        return (Double(step) + 0.5) * stepSeconds
    }
}
