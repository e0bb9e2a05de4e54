/// A limiter of the true peak.
struct Limiter: Effect {
    var ceiling = -1.0
    var gain = 0.0
    var lookAhead = 2.0
    var release = 80.0

    static let type = "limiter"
    static let summary = "Look-ahead limiter: no true peak comes out above the ceiling; the channels are linked."
    static let parameters: [Parameter<Limiter>] = [
        .automatable("ceiling_dbtp", \.ceiling, in: -40...0, unit: "dBTP", "The highest true peak that comes out."),
        .automatable("gain_db", \.gain, in: -24...48, unit: "dB", "Gain before the limiter."),
        .number("look_ahead_ms", \.lookAhead, in: 0.5...20, unit: "ms", "Over which time the gain falls before a peak."),
        .number("release_ms", \.release, in: 1...2000, unit: "ms", "The time constant with which the gain comes back."),
    ]

    var settlingSeconds: Double { (9 * release + 2 * lookAhead) / 1000 + 0.01 }

    static func unit(_ settings: Automated<Limiter>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { LimiterUnit($0, context) }
    }
}

/// A limiter at work: the smallest gain that any peak within the look-ahead needs, exponential release, and a mean over the
/// look-ahead that makes the fall a straight line which has arrived when the peak comes.
final class LimiterUnit: InPlaceUnit {
    /// Frames on each side of a peak that its gain has to hold for: those that make up the interpolated values.
    private static let guardFrames = TruePeakDetector.halfWidth

    private let detector: TruePeakDetector
    private let delay: BlockDelay
    private let gains: PlanarStorage
    private let meanFrames: Int
    private let release: Float
    private var input: Ramp
    private var ceiling: Float
    private var minimum: SlidingMinimum
    private var released: Float = 1
    /// The gains of the last `meanFrames` frames, as a ring, and their sum.
    private var ring: [Float]
    private var place = 0
    private var sum: Double
    /// How many frames in a row needed no reduction.
    private var idleFrames = Int.max / 2

    var latency: Int { delay.frames }

    init(_ settings: Limiter, _ context: UnitContext) {
        meanFrames = max(1, context.frames(milliseconds: settings.lookAhead))
        detector = TruePeakDetector(channels: context.channels)
        delay = BlockDelay(
            frames: detector.latency + Self.guardFrames + meanFrames - 1, channels: context.channels)
        gains = PlanarStorage(channels: 1, frames: PlanarStorage.blockFrames + 8)
        release = 1 - context.decay(milliseconds: settings.release)
        input = Ramp(Decibels.amplitude(settings.gain))
        ceiling = Self.factor(settings)
        minimum = SlidingMinimum(window: meanFrames + 2 * Self.guardFrames, initial: 1)
        ring = Array(repeating: 1, count: meanFrames)
        sum = Double(meanFrames)
    }

    /// What the limiter stays below its ceiling, dB: a moving gain changes the wave between samples a little, and the short
    /// filters of usual true-peak meters ripple by as much.
    private static let margin = 0.05

    private static func factor(_ settings: Limiter) -> Float { Decibels.amplitude(settings.ceiling - margin) }

    func retune(_ settings: Limiter, over frames: Int) {
        input.move(to: Decibels.amplitude(settings.gain), over: frames)
        ceiling = Self.factor(settings)
    }

    func process(_ block: PlanarBlock, at frame: Int) {
        input.apply(block)
        let gains = gains[0]
        let ceiling = ceiling
        detector.measure(block, into: gains, ceiling: ceiling)
        var peak: Float = 0
        for index in 0..<block.frames { peak = max(peak, gains[index]) }
        delay.process(block)
        idleFrames = peak > ceiling ? 0 : idleFrames + block.frames
        // Nothing to reduce in all that the gain depends on.
        if released == 1, idleFrames > 2 * (delay.frames + block.frames) { return }
        gains.map(block.frames) { peak in
            let needed = ceiling / peak
            return needed.replacing(with: 1, where: peak .<= ceiling)
        }
        minimum.process(gains, count: block.frames)
        smooth(gains, block.frames)
        for channel in 0..<block.channels { block.start(channel).multiply(by: gains, count: block.frames) }
    }

    private func smooth(_ gains: UnsafeMutablePointer<Float>, _ frames: Int) {
        let (release, count, scale) = (release, meanFrames, 1 / Double(meanFrames))
        var (released, place, sum) = (released, place, sum)
        ring.withUnsafeMutableBufferPointer { ring in
            for index in 0..<frames {
                released = min(gains[index], released + (1 - released) * release)
                // The last step of an endless approach.
                if released > 0.999_999 { released = 1 }
                sum += Double(released) - Double(ring[place])
                ring[place] = released
                place += 1
                if place == count { place = 0 }
                gains[index] = Float(sum * scale)
            }
        }
        (self.released, self.place, self.sum) = (released, place, sum)
    }
}
