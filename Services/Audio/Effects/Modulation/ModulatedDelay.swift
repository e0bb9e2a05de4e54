/// Delay lines whose length swings: what choruses and flangers are made of.
///
/// Source: J. Dattorro, "Effect design, part 2: delay-line modulation and chorus", JAES 45 (10), 1997.
final class ModulatedDelay {
    struct Shape {
        /// The shortest delay, ms.
        var delay: Double
        /// By how much it swings, ms.
        var depth: Double
        /// How often, Hz.
        var rate: Double
        var voices = 1
        var feedback = 0.0
        /// How far apart the swings of neighbouring channels are, in turns.
        var spread = 0.25
    }

    private let shape: Shape
    private let oscillator: Oscillator
    private let (base, depth): (Double, Double)
    private let lines: PlanarStorage
    private let mask: Int
    private var position = 0

    init(_ shape: Shape, _ context: UnitContext) {
        self.shape = shape
        oscillator = Oscillator(hertz: shape.rate, sampleRate: context.sampleRate)
        let perMillisecond = context.sampleRate / 1000
        // Interpolation needs two samples after the point read, feedback one frame more.
        base = max(3, shape.delay * perMillisecond)
        depth = shape.depth * perMillisecond
        // A block is written before it is read from.
        let reach = Int(base + depth) + 8 + PlanarStorage.blockFrames
        let capacity = 1 << (Int.bitWidth - reach.leadingZeroBitCount)
        lines = PlanarStorage(channels: context.channels, frames: capacity)
        mask = capacity - 1
    }

    /// Replaces a block by what the delay lines give.
    func process(_ block: PlanarBlock, at frame: Int, into wet: PlanarBlock) {
        for channel in 0..<block.channels {
            let (line, input, output) = (lines[channel], block.start(channel), wet.start(channel))
            let feedback = Float(shape.feedback)
            if feedback == 0 {
                for index in 0..<block.frames { line[(position + index) & mask] = input[index] }
            }
            let scale = 1 / Float(shape.voices).squareRoot()
            for voice in 0..<shape.voices {
                let phase = Double(channel) * shape.spread + Double(voice) / Double(shape.voices)
                oscillator.steps(block.frames, at: frame, phase: phase) { step in
                    let begin = base + depth * (0.5 + 0.5 * step.begin)
                    let slope = depth * 0.5 * (step.end - step.begin)
                    var part = step.part
                    for index in step.frames {
                        let sample = read(line, position + index, begin + slope * part) * scale
                        output[index] = voice == 0 ? sample : output[index] + sample
                        if feedback != 0 { line[(position + index) & mask] = input[index] + feedback * sample }
                        part += 1 / Double(Oscillator.stepFrames)
                    }
                }
            }
        }
        position = (position + block.frames) & mask
    }

    /// The line so many frames ago, by the third-order polynomial through the four samples around it (Lagrange).
    @inline(__always)
    private func read(_ line: UnsafeMutablePointer<Float>, _ now: Int, _ delay: Double) -> Float {
        let whole = Int(delay)
        let d = Float(delay - Double(whole))
        let (a, b) = (line[(now - whole + 1) & mask], line[(now - whole) & mask])
        let (c, e) = (line[(now - whole - 1) & mask], line[(now - whole - 2) & mask])
        let (m, p, q) = (d - 1, d + 1, d - 2)
        return b * (p * m * q) * 0.5 - a * (d * m * q) * (1 / 6) - c * (p * d * q) * 0.5 + e * (p * d * m) * (1 / 6)
    }
}

/// A modulated delay beside the signal, at work.
final class ModulatedDelayUnit<Settings: ModulatedDelayEffect>: InPlaceUnit {
    private let delay: ModulatedDelay
    private let wet: PlanarStorage
    private var mix: WetDryMix

    init(_ settings: Settings, _ context: UnitContext) {
        delay = ModulatedDelay(settings.shape, context)
        wet = PlanarStorage(channels: context.channels)
        mix = WetDryMix(settings.mix)
    }

    func retune(_ settings: Settings, over frames: Int) { mix.move(to: settings.mix, over: frames) }

    func process(_ block: PlanarBlock, at frame: Int) {
        let wet = wet.block(block.frames)
        delay.process(block, at: frame, into: wet)
        mix.apply(dry: block, wet: wet)
    }
}

/// Settings that come down to a modulated delay.
protocol ModulatedDelayEffect: Effect {
    var mix: Double { get }
    var shape: ModulatedDelay.Shape { get }
}

extension ModulatedDelayEffect {
    static func unit(_ settings: Automated<Self>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { ModulatedDelayUnit($0, context) }
    }
}
