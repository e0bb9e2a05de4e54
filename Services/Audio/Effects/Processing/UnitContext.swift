/// What an effect needs to know of the audio that it will hear.
struct UnitContext {
    /// Hz.
    let sampleRate: Double
    let channels: Int
    /// The number of the first frame that it will hear.
    let startFrame: Int
    /// The number of the frame after the last one, where that is known.
    let endFrame: Int?
    let impulses: [String: ImpulseResponse]
    /// Where the effect is in the document.
    let pointer: String

    /// A time as frames.
    func frames(seconds: Double) -> Int { Int((seconds * sampleRate).rounded()) }

    /// A time in milliseconds as frames.
    func frames(milliseconds: Double) -> Int { frames(seconds: milliseconds / 1000) }

    /// A frequency, at most the 0.49 of the rate up to which filters of that frequency are defined.
    func frequency(_ hertz: Double) -> Double { min(hertz, 0.49 * sampleRate) }

    /// What remains after one frame of an exponential decay by 1/e.
    /// - Parameter milliseconds: the time constant; 0 follows at once.
    func decay(milliseconds: Double) -> Float { OnePole.decay(milliseconds: milliseconds, sampleRate: sampleRate) }
}
