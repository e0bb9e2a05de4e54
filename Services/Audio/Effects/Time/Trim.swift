/// A part of the audio.
struct Trim: Effect {
    var start = 0.0
    var end: Double?

    static let type = "trim"
    static let summary = "Keeps what lies between two times."
    static let parameters: [Parameter<Trim>] = [
        .number("start_seconds", \.start, in: 0...864_000, unit: "s", "Where it begins."),
        .number("end_seconds", \.end, in: 0...864_000, unit: "s", "Where it ends; without it, with the audio."),
    ]

    var keepsTime: Bool { start == 0 && end == nil }

    /// The frames that stay.
    func range(sampleRate: Double) -> Range<Int> {
        let first = Int((start * sampleRate).rounded())
        return first..<max(first, end.map { Int(($0 * sampleRate).rounded()) } ?? .max)
    }

    func frames(from frames: Int, sampleRate: Double) -> Int? { range(sampleRate: sampleRate).clamped(to: 0..<frames).count }

    static func unit(_ settings: Automated<Trim>, _ context: UnitContext) throws -> any EffectUnit {
        TrimUnit(settings.fixed.range(sampleRate: context.sampleRate), context)
    }
}

final class TrimUnit: EffectUnit {
    private let range: Range<Int>
    private var frame: Int

    init(_ range: Range<Int>, _ context: UnitContext) { (self.range, frame) = (range, context.startFrame) }

    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        let kept = range.clamped(to: frame..<frame + block.frames)
        if !kept.isEmpty { try emit(block.frames(from: kept.lowerBound - frame, count: kept.count)) }
        frame += block.frames
    }

    func finish(emit: (PlanarBlock) throws -> Void) throws {}
}
