/// Another speed at the same pitch.
struct TimeStretch: Effect {
    var ratio = 1.0
    var engine = RubberBandStretcher.Engine.faster

    static let type = "time_stretch"
    static let summary = "Changes the duration and keeps the pitch (Rubber Band)."
    static let parameters: [Parameter<TimeStretch>] = [
        .number("duration_ratio", \.ratio, in: 0.25...4, "The duration of the output by that of the input: 2 is half the speed."),
        .choice("engine", \.engine, "finer sounds better, faster takes less time."),
    ]

    var keepsTime: Bool { ratio == 1 }
    var settlingSeconds: Double { 0.5 }

    func frames(from frames: Int, sampleRate: Double) -> Int? { Int((Double(frames) * ratio).rounded()) }

    static func unit(_ settings: Automated<TimeStretch>, _ context: UnitContext) throws -> any EffectUnit {
        try TimeStretchUnit(settings.fixed, context)
    }
}

/// A change of speed at work.
final class TimeStretchUnit: EffectUnit {
    private let stretcher: RubberBandStretcher

    init(_ settings: TimeStretch, _ context: UnitContext) throws {
        stretcher = try RubberBandStretcher(context, engine: settings.engine, ratio: settings.ratio, pitch: 1)
    }

    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        try stretcher.process(block, emit: emit)
    }

    func finish(emit: (PlanarBlock) throws -> Void) throws { try stretcher.finish(emit: emit) }
}
