/// The sound of a room or a device, from its impulse response.
struct Convolution: Effect {
    var impulseName = ""
    var mix = 0.3
    var gain = 0.0
    var preDelay = 0.0
    var isNormalized = true

    static let type = "convolution"
    static let summary = "Convolution with an impulse response that is given beside the chain."
    static let parameters: [Parameter<Convolution>] = [
        .requiredText("impulse", \.impulseName, maximumLength: 500, "The name of the impulse response."),
        .automatable("mix", \.mix, in: 0...1, "How much of the output is the convolution."),
        .number("gain_db", \.gain, in: -60...40, unit: "dB", "Gain of the convolution."),
        .number("pre_delay_ms", \.preDelay, in: 0...500, unit: "ms", "How late the convolution begins."),
        .flag("normalize", \.isNormalized, "Whether the impulse response is scaled to an energy of 1."),
    ]

    var impulse: String? { impulseName }
    var settlingSeconds: Double { preDelay / 1000 }

    static func unit(_ settings: Automated<Convolution>, _ context: UnitContext) throws -> any EffectUnit {
        let response = try settings.fixed.response(context)
        return InPlaceStage(settings, context) { ConvolutionUnit($0, response, context) }
    }

    /// The impulse response as it is to be used: scaled, one for all channels or one for each.
    private func response(_ context: UnitContext) throws(ChainError) -> [[Float]] {
        func refuse(_ reason: ChainFault.Reason, _ message: String) -> ChainError {
            ChainError([ChainFault("\(context.pointer)/impulse", reason, message)])
        }
        guard let impulse = context.impulses[impulseName] else {
            throw refuse(.missingImpulse, "there is no impulse response \(impulseName)")
        }
        let (channels, length) = (impulse.channels, impulse.channels.first?.count ?? 0)
        guard channels.count == 1 || channels.count == context.channels else {
            throw refuse(
                .unsuitableImpulse, "the impulse response has \(channels.count) channels and the audio \(context.channels)")
        }
        guard length > 0, channels.allSatisfy({ $0.count == length && $0.allSatisfy(\.isFinite) }) else {
            throw refuse(.unsuitableImpulse, "the impulse response is empty or holds samples that are no numbers")
        }
        guard impulse.sampleRate == context.sampleRate else {
            throw refuse(
                .unsuitableImpulse, "the impulse response is at \(impulse.sampleRate) Hz and the audio at \(context.sampleRate) Hz")
        }
        guard impulse.duration <= EffectChain.longestImpulse else {
            throw refuse(.unsuitableImpulse, "the impulse response is longer than \(EffectChain.longestImpulse) s")
        }
        let energy = channels.map { $0.reduce(0.0) { $0 + Double($1) * Double($1) } }.max() ?? 0
        let scale = Decibels.amplitude(gain) * (isNormalized && energy > 0 ? Float(1 / energy.squareRoot()) : 1)
        return channels.map { $0.map { $0 * scale } }
    }
}

/// A convolution at work.
final class ConvolutionUnit: InPlaceUnit {
    private let convolvers: [PartitionedConvolver]
    private let preDelay: BlockDelay
    private let dryDelay: BlockDelay
    private let wet: PlanarStorage
    private var mix: WetDryMix
    var latency: Int { dryDelay.frames }

    init(_ settings: Convolution, _ response: [[Float]], _ context: UnitContext) {
        let kernels = response.map { PartitionedKernel($0) }
        convolvers = (0..<context.channels).map { PartitionedConvolver(kernels[min($0, kernels.count - 1)]) }
        preDelay = BlockDelay(frames: context.frames(milliseconds: settings.preDelay), channels: context.channels)
        dryDelay = BlockDelay(frames: kernels[0].partition, channels: context.channels)
        wet = PlanarStorage(channels: context.channels)
        mix = WetDryMix(settings.mix)
    }

    func retune(_ settings: Convolution, over frames: Int) { mix.move(to: settings.mix, over: frames) }

    func process(_ block: PlanarBlock, at frame: Int) {
        let wet = wet.block(block.frames)
        wet.copy(from: block)
        preDelay.process(wet)
        for channel in 0..<wet.channels { convolvers[channel].process(wet[channel]) }
        dryDelay.process(block)
        mix.apply(dry: block, wet: wet)
    }
}
