import Glibc

/// Echoes.
struct Delay: Effect {
    var time = 350.0
    var feedback = 0.35
    var mix = 0.3
    var highCut = 8000.0

    static let type = "delay"
    static let summary = "Echoes that repeat and become duller."
    static let parameters: [Parameter<Delay>] = [
        .number("time_ms", \.time, in: 1...5000, unit: "ms", "The time between echoes."),
        .number("feedback", \.feedback, in: 0...0.95, "How loud each echo is beside the one before."),
        .automatable("mix", \.mix, in: 0...1, "How much of the output is echoes."),
        .number("high_cut_hz", \.highCut, in: 200...20_000, unit: "Hz", "What is above it fades with each echo."),
    ]

    /// As many echoes as it takes to fall by 60 dB.
    var settlingSeconds: Double {
        let echoes = feedback > 0 ? (-3 / log10(feedback)).rounded(.up) + 1 : 1
        return min(600, echoes * time / 1000 + 0.05)
    }

    static func unit(_ settings: Automated<Delay>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { DelayUnit($0, context) }
    }
}

/// Echoes at work.
final class DelayUnit: InPlaceUnit {
    private let lines: PlanarStorage
    private let wet: PlanarStorage
    private let feedback: Float
    private let damping: Float
    private var position = 0
    private var dull: [Float]
    private var mix: WetDryMix

    init(_ settings: Delay, _ context: UnitContext) {
        lines = PlanarStorage(channels: context.channels, frames: max(1, context.frames(milliseconds: settings.time)))
        wet = PlanarStorage(channels: context.channels)
        feedback = Float(settings.feedback)
        damping = OnePole.decay(hertz: settings.highCut, sampleRate: context.sampleRate)
        dull = Array(repeating: 0, count: context.channels)
        mix = WetDryMix(settings.mix)
    }

    func retune(_ settings: Delay, over frames: Int) { mix.move(to: settings.mix, over: frames) }

    func process(_ block: PlanarBlock, at frame: Int) {
        let (length, feedback, damping) = (lines.capacity, feedback, damping)
        var next = position
        for channel in 0..<block.channels {
            let (line, input, output) = (lines[channel], block.start(channel), wet[channel])
            var (place, dull) = (position, dull[channel])
            for index in 0..<block.frames {
                let echo = line[place]
                dull = echo + (dull - echo) * damping
                output[index] = dull
                line[place] = input[index] + feedback * dull
                place += 1
                if place == length { place = 0 }
            }
            self.dull[channel] = dull
            next = place
        }
        position = next
        mix.apply(dry: block, wet: wet.block(block.frames))
    }
}
