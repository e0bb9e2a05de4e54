/// A change of level.
struct Gain: Effect {
    var gain = 0.0

    static let type = "gain"
    static let summary = "Changes the level."
    static let parameters: [Parameter<Gain>] = [
        .automatable("gain_db", \.gain, in: -96...48, unit: "dB", "How much louder.")
    ]

    static func unit(_ settings: Automated<Gain>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { GainUnit($0) }
    }
}

/// A gain at work.
final class GainUnit: InPlaceUnit {
    private var ramp: Ramp

    init(_ settings: Gain) { ramp = Ramp(Decibels.amplitude(settings.gain)) }

    func retune(_ settings: Gain, over frames: Int) { ramp.move(to: Decibels.amplitude(settings.gain), over: frames) }

    func process(_ block: PlanarBlock, at frame: Int) { ramp.apply(block) }
}
