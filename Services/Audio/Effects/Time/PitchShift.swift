import Glibc

/// Another pitch at the same speed.
struct PitchShift: Effect {
    var semitones = 0.0
    var keepsFormants = false
    var engine = RubberBandStretcher.Engine.faster

    static let type = "pitch_shift"
    static let summary = "Changes the pitch and keeps the speed (Rubber Band)."
    static let parameters: [Parameter<PitchShift>] = [
        .automatable("semitones", \.semitones, in: -24...24, unit: "semitones", "How much higher; twelve are an octave."),
        .flag("keep_formants", \.keepsFormants, "Whether the colour of a voice stays while its pitch changes."),
        .choice("engine", \.engine, "finer sounds better, faster takes less time."),
    ]

    var settlingSeconds: Double { 0.5 }

    static func unit(_ settings: Automated<PitchShift>, _ context: UnitContext) throws -> any EffectUnit {
        try PitchShiftUnit(settings, context)
    }
}

/// A change of pitch at work.
final class PitchShiftUnit: EffectUnit {
    /// How often automation is looked up.
    private static let sliceFrames = 64

    private let settings: Automated<PitchShift>
    private let stretcher: RubberBandStretcher
    private let sampleRate: Double
    private var frame: Int

    init(_ settings: Automated<PitchShift>, _ context: UnitContext) throws {
        self.settings = settings
        (sampleRate, frame) = (context.sampleRate, context.startFrame)
        stretcher = try RubberBandStretcher(
            context, engine: settings.fixed.engine, ratio: 1, pitch: Self.scale(settings, Double(frame) / sampleRate),
            keepsFormants: settings.fixed.keepsFormants, changesPitch: !settings.isConstant)
    }

    private static func scale(_ settings: Automated<PitchShift>, _ seconds: Double) -> Double {
        pow(2, settings.settings(at: seconds).semitones / 12)
    }

    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        if settings.isConstant { return try stretcher.process(block, emit: emit) }
        var done = 0
        while done < block.frames {
            let count = min(Self.sliceFrames - frame % Self.sliceFrames, block.frames - done)
            stretcher.setPitch(Self.scale(settings, Double(frame) / sampleRate))
            try stretcher.process(block.frames(from: done, count: count), emit: emit)
            frame += count
            done += count
        }
    }

    func finish(emit: (PlanarBlock) throws -> Void) throws { try stretcher.finish(emit: emit) }
}
