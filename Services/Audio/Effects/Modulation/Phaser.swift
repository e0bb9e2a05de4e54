import Glibc

/// Notches that sweep.
struct Phaser: Effect {
    var rate = 0.4
    var lowest = 300.0
    var highest = 3000.0
    var stages = 6
    var feedback = 0.3
    var mix = 0.5

    static let type = "phaser"
    static let summary = "Phaser: all-pass filters whose frequency sweeps, beside the signal."
    static let parameters: [Parameter<Phaser>] = [
        .number("rate_hz", \.rate, in: 0.01...10, unit: "Hz", "How often the frequency sweeps."),
        .number("lowest_hz", \.lowest, in: 20...10_000, unit: "Hz", "One end of the sweep."),
        .number("highest_hz", \.highest, in: 20...16_000, unit: "Hz", "The other end of the sweep."),
        .integer("stages", \.stages, in: 2...12, "How many all-pass filters; two make one notch."),
        .number("feedback", \.feedback, in: -0.9...0.9, "How much of the filtered signal is filtered again."),
        .automatable("mix", \.mix, in: 0...1, "How much of the output is the filtered signal; 0.5 sweeps most deeply."),
    ]

    var settlingSeconds: Double { 0.1 + 4 / (1 - abs(feedback)) * Double(stages) / min(lowest, highest) }

    static func unit(_ settings: Automated<Phaser>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { PhaserUnit($0, context) }
    }
}

/// A phaser at work: first-order all-pass filters.
///
/// Source: J. O. Smith, "Physical audio signal processing", Phasing with first-order allpass filters.
final class PhaserUnit: InPlaceUnit {
    private let oscillator: Oscillator
    /// Logarithms of the frequencies of the sweep.
    private let (middle, swing): (Double, Double)
    private let sampleRate: Double
    private let feedback: Float
    private let stages: Int
    private var states: [Float]
    private var last: [Float]
    private let wet: PlanarStorage
    private var mix: WetDryMix

    init(_ settings: Phaser, _ context: UnitContext) {
        oscillator = Oscillator(hertz: settings.rate, sampleRate: context.sampleRate)
        let (low, high) = (log(context.frequency(settings.lowest)), log(context.frequency(settings.highest)))
        (middle, swing) = ((low + high) / 2, (high - low) / 2)
        (sampleRate, feedback, stages) = (context.sampleRate, Float(settings.feedback), settings.stages)
        states = Array(repeating: 0, count: context.channels * settings.stages)
        last = Array(repeating: 0, count: context.channels)
        wet = PlanarStorage(channels: context.channels)
        mix = WetDryMix(settings.mix)
    }

    func retune(_ settings: Phaser, over frames: Int) { mix.move(to: settings.mix, over: frames) }

    /// The coefficient of an all-pass filter that turns the phase by a quarter at the sweep's frequency.
    private func coefficient(_ sweep: Double) -> Float {
        let warped = tan(.pi * exp(middle + swing * sweep) / sampleRate)
        return Float((warped - 1) / (warped + 1))
    }

    func process(_ block: PlanarBlock, at frame: Int) {
        for channel in 0..<block.channels {
            let (input, output) = (block.start(channel), wet[channel])
            let phase = Double(channel) * 0.25
            oscillator.steps(block.frames, at: frame, phase: phase) { step in
                let begin = coefficient(step.begin)
                let slope = coefficient(step.end) - begin
                states.withUnsafeMutableBufferPointer { states in
                    let states = states.baseAddress! + channel * stages
                    var (part, last) = (Float(step.part), last[channel])
                    for index in step.frames {
                        let a = begin + slope * part
                        var x = input[index] + feedback * last
                        for stage in 0..<stages {
                            let y = a * x + states[stage]
                            states[stage] = x - a * y
                            x = y
                        }
                        last = x
                        output[index] = x
                        part += 1 / Float(Oscillator.stepFrames)
                    }
                    self.last[channel] = last
                }
            }
        }
        mix.apply(dry: block, wet: wet.block(block.frames))
    }
}
