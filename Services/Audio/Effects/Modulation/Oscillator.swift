import Glibc

/// A slow sine for modulation, from the number of the frame alone, so that any range sounds as in a full run.
struct Oscillator {
    /// The sine is computed this often; between lie straight lines.
    static let stepFrames = 32

    private let turnsPerFrame: Double

    /// - Parameter hertz: the frequency.
    init(hertz: Double, sampleRate: Double) { turnsPerFrame = hertz / sampleRate }

    /// The value at a frame.
    /// - Parameter phase: in turns.
    /// - Returns: -1...1.
    func value(at frame: Int, phase: Double) -> Double {
        let turns = Double(frame) * turnsPerFrame + phase
        return sin(2 * .pi * (turns - turns.rounded(.down)))
    }

    /// Where a block meets one step of the oscillator.
    struct Step {
        /// Frames of the block.
        let frames: Range<Int>
        /// How far the first of them is into the step, in parts of it.
        let part: Double
        /// The values at both ends of the step.
        let begin: Double
        let end: Double
    }

    /// Goes through a block in steps, which are at the same places however the audio is cut.
    @inline(__always)
    func steps(_ frames: Int, at frame: Int, phase: Double, _ body: (Step) -> Void) {
        var done = 0
        while done < frames {
            let into = (frame + done) % Self.stepFrames
            let count = min(Self.stepFrames - into, frames - done)
            let first = frame + done - into
            body(
                Step(
                    frames: done..<done + count, part: Double(into) / Double(Self.stepFrames),
                    begin: value(at: first, phase: phase), end: value(at: first + Self.stepFrames, phase: phase)))
            done += count
        }
    }
}
