/// A compressor of the dynamic range.
struct Compressor: Effect {
    var threshold = -20.0
    var ratio = 3.0
    var knee = 6.0
    var attack = 10.0
    var release = 120.0
    var lookAhead = 0.0
    var makeup = 0.0

    static let type = "compressor"
    static let summary = "Feed-forward compressor with soft knee and look-ahead; the channels are linked."
    static let parameters: [Parameter<Compressor>] = [
        .automatable("threshold_db", \.threshold, in: -80...0, unit: "dBFS", "The peak level from which the level is reduced."),
        .automatable("ratio", \.ratio, in: 1...100, "How many dB over the threshold become one."),
        .automatable("knee_db", \.knee, in: 0...40, unit: "dB", "The width of the bend around the threshold."),
        .number("attack_ms", \.attack, in: 0...500, unit: "ms", "The time constant with which the gain falls."),
        .number("release_ms", \.release, in: 1...5000, unit: "ms", "The time constant with which the gain comes back."),
        .number("look_ahead_ms", \.lookAhead, in: 0...100, unit: "ms", "How early the gain begins to move."),
        .automatable("makeup_db", \.makeup, in: -24...48, unit: "dB", "Gain after the compression."),
    ]

    /// Differences decay by 1/e in each time constant; 60 dB become a hundredth of a dB in 9 of them.
    var settlingSeconds: Double { (9 * (attack + release) + lookAhead) / 1000 }

    var curve: GainReduction.Curve {
        .init(threshold: threshold, ratio: ratio, knee: knee, attack: attack, release: release, makeup: makeup)
    }

    static func unit(_ settings: Automated<Compressor>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { CompressorUnit($0, context) }
    }
}

/// A compressor at work.
final class CompressorUnit: InPlaceUnit {
    private let context: UnitContext
    private let delay: BlockDelay
    private let gains = PlanarStorage(channels: 1)
    private var reduction: GainReduction
    var latency: Int { delay.frames }

    init(_ settings: Compressor, _ context: UnitContext) {
        self.context = context
        delay = BlockDelay(frames: context.frames(milliseconds: settings.lookAhead), channels: context.channels)
        reduction = GainReduction(settings.curve, context)
    }

    func retune(_ settings: Compressor, over frames: Int) { reduction.set(settings.curve, context) }

    func process(_ block: PlanarBlock, at frame: Int) {
        LinkedPeak.measure(block, into: gains[0])
        reduction.gains(gains[0], count: block.frames)
        delay.process(block)
        for channel in 0..<block.channels { block.start(channel).multiply(by: gains[0], count: block.frames) }
    }
}
