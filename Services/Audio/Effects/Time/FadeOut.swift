/// A fall to silence at the end.
struct FadeOut: Effect {
    var length = 2.0
    var curve = FadeCurve.linear

    static let type = "fade_out"
    static let summary = "Falls to silence at the end."
    static let parameters: [Parameter<FadeOut>] = [
        .number("length_seconds", \.length, in: 0...60, unit: "s", "How long it takes, up to the end."),
        .choice("curve", \.curve, "The shape of the fall."),
    ]

    static func unit(_ settings: Automated<FadeOut>, _ context: UnitContext) throws -> any EffectUnit {
        FadeOutUnit(settings.fixed, context)
    }
}

/// A fade at work; where the end is not known it keeps what may have to fade.
final class FadeOutUnit: EffectUnit {
    private let length: Int
    private let curve: FadeCurve
    private let end: Int?
    private var frame: Int
    private var queue: PlanarQueue

    init(_ settings: FadeOut, _ context: UnitContext) {
        length = context.frames(seconds: settings.length)
        curve = settings.curve
        (end, frame) = (context.endFrame, context.startFrame)
        queue = PlanarQueue(channels: context.channels)
    }

    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        if let end {
            fade(block, at: frame, end: end)
            frame += block.frames
            return try emit(block)
        }
        queue.append(block)
        if queue.frames > length {
            let safe = queue.frames - length
            frame += safe
            try queue.emit(safe, emit)
        }
    }

    func finish(emit: (PlanarBlock) throws -> Void) throws {
        fade(queue.block, at: frame, end: frame + queue.frames)
        try queue.emit(queue.frames, emit)
    }

    /// The last frame of all is silent, as the first one of a fade-in is.
    private func fade(_ block: PlanarBlock, at frame: Int, end: Int) {
        let first = max(0, end - length - frame)
        guard first < block.frames else { return }
        for index in first..<block.frames {
            let rest = end - 1 - frame - index
            let factor = rest < 0 ? 0 : curve.factor(Double(rest) / Double(length))
            for channel in 0..<block.channels { block.start(channel)[index] *= factor }
        }
    }
}
