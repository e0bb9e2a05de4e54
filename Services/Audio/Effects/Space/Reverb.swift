/// An algorithmic reverberation.
struct Reverb: Effect {
    var mix = 0.25
    var decay = 1.8
    var size = 1.0
    var damping = 6000.0
    var lowCut = 120.0
    var preDelay = 15.0

    static let type = "reverb"
    static let summary = "Algorithmic reverberation: diffusers and a feedback delay network."
    static let parameters: [Parameter<Reverb>] = [
        .automatable("mix", \.mix, in: 0...1, "How much of the output is reverberation."),
        .number("decay_seconds", \.decay, in: 0.1...20, unit: "s", "How long the reverberation takes to fall by 60 dB."),
        .number("size", \.size, in: 0.3...2, "The size of the room; 1 is a concert hall of medium size."),
        .number(
            "damping_hz", \.damping, in: 500...20_000, unit: "Hz",
            "The frequency at which the reverberation lasts half as long."),
        .number("low_cut_hz", \.lowCut, in: 10...1000, unit: "Hz", "What is below it does not reverberate."),
        .number("pre_delay_ms", \.preDelay, in: 0...250, unit: "ms", "How late the reverberation begins."),
    ]

    /// 60 dB are a thousandth.
    var settlingSeconds: Double { 1.2 * decay + 0.3 + preDelay / 1000 }

    static func unit(_ settings: Automated<Reverb>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { ReverbUnit($0, context) }
    }
}

/// A reverberation at work.
final class ReverbUnit: InPlaceUnit {
    private let preDelay: BlockDelay
    private let lowCut: BiquadCascade
    private let diffuser: Diffuser
    private let network: FeedbackDelayNetwork
    private let wet: PlanarStorage
    private var mix: WetDryMix

    init(_ settings: Reverb, _ context: UnitContext) {
        let cut = BiquadCoefficients(
            .highPass, frequency: context.frequency(settings.lowCut), gain: 0, q: 0.707, sampleRate: context.sampleRate)
        lowCut = BiquadCascade([cut], channels: context.channels)
        preDelay = BlockDelay(frames: context.frames(milliseconds: settings.preDelay), channels: context.channels)
        diffuser = Diffuser(size: settings.size, context)
        network = FeedbackDelayNetwork(settings, context)
        wet = PlanarStorage(channels: context.channels)
        mix = WetDryMix(settings.mix)
    }

    func retune(_ settings: Reverb, over frames: Int) { mix.move(to: settings.mix, over: frames) }

    func process(_ block: PlanarBlock, at frame: Int) {
        let wet = wet.block(block.frames)
        wet.copy(from: block)
        lowCut.process(wet)
        preDelay.process(wet)
        diffuser.process(wet)
        network.process(wet)
        mix.apply(dry: block, wet: wet)
    }
}
