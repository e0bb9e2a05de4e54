/// A noise gate or downward expander.
struct Gate: Effect {
    var threshold = -45.0
    var ratio = 10.0
    var range = 60.0
    var attack = 1.0
    var hold = 20.0
    var release = 100.0
    var lookAhead = 0.0

    static let type = "gate"
    static let summary = "Noise gate and downward expander: what is under the threshold becomes quieter; the channels are linked."
    static let parameters: [Parameter<Gate>] = [
        .automatable("threshold_db", \.threshold, in: -100...0, unit: "dBFS", "The peak level under which the gain falls."),
        .automatable("ratio", \.ratio, in: 1...100, "How many dB one dB under the threshold becomes: 2 expands, 10 gates."),
        .automatable("range_db", \.range, in: 0...120, unit: "dB", "The most by which the level falls."),
        .number("attack_ms", \.attack, in: 0...500, unit: "ms", "The time constant with which the gate opens."),
        .number("hold_ms", \.hold, in: 5...2000, unit: "ms", "How long a peak keeps the gate open."),
        .number("release_ms", \.release, in: 1...5000, unit: "ms", "The time constant with which the gate closes."),
        .number("look_ahead_ms", \.lookAhead, in: 0...100, unit: "ms", "How early the gate opens."),
    ]

    var settlingSeconds: Double { (9 * (attack + release) + hold + lookAhead + 150) / 1000 }

    static func unit(_ settings: Automated<Gate>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { GateUnit($0, context) }
    }
}

/// A gate at work: peak level with hold, the expander's curve in dB, then attack and release.
final class GateUnit: InPlaceUnit {
    private let delay: BlockDelay
    private let gains = PlanarStorage(channels: 1)
    private let (attack, release, fall): (Float, Float, Float)
    private let holdFrames: Int
    private var (threshold, slope, range): (Float, Float, Float) = (0, 0, 0)
    private var level: Float = 0
    private var held = 0
    private var reduction: Float
    var latency: Int { delay.frames }

    init(_ settings: Gate, _ context: UnitContext) {
        delay = BlockDelay(frames: context.frames(milliseconds: settings.lookAhead), channels: context.channels)
        attack = context.decay(milliseconds: settings.attack)
        release = context.decay(milliseconds: settings.release)
        // The measured level falls fast after the hold; how the gate closes is the release's matter.
        fall = context.decay(milliseconds: 10)
        holdFrames = context.frames(milliseconds: settings.hold)
        reduction = 0
        retune(settings, over: 0)
    }

    func retune(_ settings: Gate, over frames: Int) {
        (threshold, slope, range) = (Float(settings.threshold), Float(settings.ratio - 1), Float(settings.range))
    }

    func process(_ block: PlanarBlock, at frame: Int) {
        let gains = gains[0]
        LinkedPeak.measure(block, into: gains)
        var (level, held) = (level, held)
        for index in 0..<block.frames {
            let peak = gains[index]
            if peak >= level {
                (level, held) = (peak, holdFrames)
            } else if held > 0 {
                held -= 1
            } else {
                level = max(peak, level * fall)
            }
            gains[index] = level
        }
        (self.level, self.held) = (level, held)
        let (threshold, slope) = (threshold, slope)
        let (zero, range) = (SIMD8<Float>.zero, SIMD8<Float>(repeating: range))
        let floor = SIMD8<Float>(repeating: 1e-15)
        gains.map(block.frames) { level in
            let under = threshold - Exponentials.log2(level.atLeast(floor)) * Decibels.perOctave
            return (under.atLeast(zero) * slope).atMost(range)
        }
        var reduction = reduction
        for index in 0..<block.frames {
            let target = gains[index]
            reduction = target + (reduction - target) * (target < reduction ? attack : release)
            gains[index] = reduction
        }
        self.reduction = reduction
        gains.map(block.frames) { Exponentials.exp2($0 * (-1 / Decibels.perOctave)) }
        delay.process(block)
        for channel in 0..<block.channels { block.start(channel).multiply(by: gains, count: block.frames) }
    }
}
