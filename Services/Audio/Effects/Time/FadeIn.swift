/// A rise from silence.
struct FadeIn: Effect {
    var start = 0.0
    var length = 1.0
    var curve = FadeCurve.linear

    static let type = "fade_in"
    static let summary = "Rises from silence."
    static let parameters: [Parameter<FadeIn>] = [
        .number("start_seconds", \.start, in: 0...86_400, unit: "s", "Where the fade begins; before it is silence."),
        .number("length_seconds", \.length, in: 0...60, unit: "s", "How long it takes."),
        .choice("curve", \.curve, "The shape of the rise."),
    ]

    static func unit(_ settings: Automated<FadeIn>, _ context: UnitContext) throws -> any EffectUnit {
        InPlaceStage(settings, context) { FadeInUnit($0, context) }
    }
}

final class FadeInUnit: InPlaceUnit {
    private let first: Int
    private let length: Int
    private let curve: FadeCurve

    init(_ settings: FadeIn, _ context: UnitContext) {
        first = context.frames(seconds: settings.start)
        length = context.frames(seconds: settings.length)
        curve = settings.curve
    }

    func retune(_ settings: FadeIn, over frames: Int) {}

    func process(_ block: PlanarBlock, at frame: Int) {
        guard frame < first + length else { return }
        for index in 0..<min(block.frames, first + length - frame) {
            let into = frame + index - first
            let factor = into < 0 ? 0 : curve.factor(Double(into) / Double(length))
            for channel in 0..<block.channels { block.start(channel)[index] *= factor }
        }
    }
}
