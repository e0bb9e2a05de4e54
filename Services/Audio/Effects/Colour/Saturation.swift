import Glibc

/// Harmonic distortion.
struct Saturation: Effect {
    enum Curve: String, CaseIterable, Sendable {
        case tape, tube, clip
    }

    enum Oversampling: String, CaseIterable, Sendable {
        case none = "1x"
        case double = "2x"
        case quadruple = "4x"

        var factor: Int {
            switch self {
            case .none: 1
            case .double: 2
            case .quadruple: 4
            }
        }
    }

    var curve = Curve.tape
    var drive = 6.0
    var output = 0.0
    var mix = 1.0
    var oversampling = Oversampling.quadruple

    static let type = "saturation"
    static let summary = "Saturation: bends the wave, at several times the sample rate."
    static let parameters: [Parameter<Saturation>] = [
        .choice("curve", \.curve, "tape is symmetric and soft, tube adds even harmonics, clip is hard."),
        .automatable("drive_db", \.drive, in: -20...60, unit: "dB", "Gain before the curve."),
        .automatable("output_db", \.output, in: -60...20, unit: "dB", "Gain after the curve."),
        .automatable("mix", \.mix, in: 0...1, "How much of the output is saturated."),
        .choice("oversampling", \.oversampling, "At how many times the sample rate."),
    ]

    /// The tube curve's filter against the constant part is at 10 Hz.
    var settlingSeconds: Double { curve == .tube ? 0.3 : 0.02 }

    static func unit(_ settings: Automated<Saturation>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { SaturationUnit($0, context) }
    }
}

/// A saturation at work.
final class SaturationUnit: InPlaceUnit {
    /// Where the tube curve is worked from: further up one half of the wave bends earlier.
    private static let bias: Float = 0.35

    private let curve: Saturation.Curve
    private let oversampler: Oversampler
    private let dryDelay: BlockDelay
    private let wet: PlanarStorage
    private let blocker: BiquadCascade
    private var (drive, output): (Ramp, Ramp)
    private var mix: WetDryMix
    var latency: Int { oversampler.latency }

    init(_ settings: Saturation, _ context: UnitContext) {
        curve = settings.curve
        oversampler = Oversampler(factor: settings.oversampling.factor, channels: context.channels)
        dryDelay = BlockDelay(frames: oversampler.latency, channels: context.channels)
        wet = PlanarStorage(channels: context.channels)
        let cut = BiquadCoefficients(.highPass, frequency: 10, gain: 0, q: 0.707, sampleRate: context.sampleRate)
        blocker = BiquadCascade([cut], channels: context.channels)
        drive = Ramp(Decibels.amplitude(settings.drive))
        output = Ramp(Decibels.amplitude(settings.output))
        mix = WetDryMix(settings.mix)
    }

    func retune(_ settings: Saturation, over frames: Int) {
        drive.move(to: Decibels.amplitude(settings.drive), over: frames)
        output.move(to: Decibels.amplitude(settings.output), over: frames)
        mix.move(to: settings.mix, over: frames)
    }

    func process(_ block: PlanarBlock, at frame: Int) {
        let wet = wet.block(block.frames)
        wet.copy(from: block)
        drive.apply(wet)
        switch curve {
        case .tape:
            oversampler.process(wet) { Exponentials.tanh($0) }
        case .tube:
            let rest = tanh(Self.bias)
            oversampler.process(wet) { Exponentials.tanh($0 + Self.bias) - rest }
            blocker.process(wet)
        case .clip:
            let (top, bottom) = (SIMD8<Float>(repeating: 1), SIMD8<Float>(repeating: -1))
            oversampler.process(wet) { $0.atMost(top).atLeast(bottom) }
        }
        output.apply(wet)
        dryDelay.process(block)
        mix.apply(dry: block, wet: wet)
    }
}
