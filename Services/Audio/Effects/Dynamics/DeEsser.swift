/// A compressor of sibilants.
struct DeEsser: Effect {
    var frequency = 5500.0
    var threshold = -30.0
    var ratio = 4.0
    var range = 12.0
    var attack = 1.0
    var release = 60.0

    static let type = "deesser"
    static let summary = "De-esser: lowers what is above a frequency while it is loud, by a shelf that moves; channels are linked."
    static let parameters: [Parameter<DeEsser>] = [
        .number("frequency_hz", \.frequency, in: 1000...16_000, unit: "Hz", "From where on sibilants are looked for and lowered."),
        .automatable(
            "threshold_db", \.threshold, in: -80...0, unit: "dBFS", "The peak level of the high part from which it is lowered."),
        .automatable("ratio", \.ratio, in: 1...100, "How many dB over the threshold become one."),
        .automatable("range_db", \.range, in: 0...40, unit: "dB", "The most by which the high part is lowered."),
        .number("attack_ms", \.attack, in: 0...100, unit: "ms", "The time constant with which it is lowered."),
        .number("release_ms", \.release, in: 1...1000, unit: "ms", "The time constant with which it comes back."),
    ]

    var settlingSeconds: Double { 9 * (attack + release) / 1000 + 0.02 }

    var curve: GainReduction.Curve {
        .init(threshold: threshold, ratio: ratio, knee: 6, range: range, attack: attack, release: release)
    }

    static func unit(_ settings: Automated<DeEsser>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { DeEsserUnit($0, context) }
    }
}

/// A de-esser at work.
///
/// With the gain g the output is low + √g band + g high: exactly a second-order shelf whose zeros move, and for g = 1 exactly
/// the input.
final class DeEsserUnit: InPlaceUnit {
    private let context: UnitContext
    private let gains = PlanarStorage(channels: 1)
    private let bands: PlanarStorage
    private let highs: PlanarStorage
    private var filters: [StateVariableFilter]
    private var reduction: GainReduction

    init(_ settings: DeEsser, _ context: UnitContext) {
        self.context = context
        bands = PlanarStorage(channels: context.channels)
        highs = PlanarStorage(channels: context.channels)
        let filter = StateVariableFilter(frequency: context.frequency(settings.frequency), sampleRate: context.sampleRate)
        filters = Array(repeating: filter, count: context.channels)
        reduction = GainReduction(settings.curve, context)
    }

    func retune(_ settings: DeEsser, over frames: Int) { reduction.set(settings.curve, context) }

    func process(_ block: PlanarBlock, at frame: Int) {
        for channel in filters.indices {
            filters[channel].split(block.start(channel), band: bands[channel], high: highs[channel], count: block.frames)
        }
        let gains = gains[0]
        LinkedPeak.measure(highs.block(block.frames), into: gains)
        reduction.gains(gains, count: block.frames)
        for channel in 0..<block.channels {
            let (samples, band, high) = (block.start(channel), bands[channel], highs[channel])
            for index in 0..<block.frames {
                let gain = gains[index]
                samples[index] += (gain.squareRoot() - 1) * band[index] + (gain - 1) * high[index]
            }
        }
    }
}
