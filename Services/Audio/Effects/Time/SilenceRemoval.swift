/// Long pauses cut short.
struct SilenceRemoval: Effect {
    var threshold = -50.0
    var minimum = 0.6
    var keep = 0.15
    var crossfade = 10.0

    static let type = "silence_removal"
    static let summary = "Cuts pauses short, with a crossfade at each cut, and silence off at both ends."
    static let parameters: [Parameter<SilenceRemoval>] = [
        .number("threshold_db", \.threshold, in: -100 ... -10, unit: "dBFS", "The peak level under which it is silent."),
        .number("minimum_seconds", \.minimum, in: 0.02...60, unit: "s", "The shortest pause that is cut."),
        .number("keep_seconds", \.keep, in: 0...10, unit: "s", "How much of a pause stays on each side."),
        .number("crossfade_ms", \.crossfade, in: 0...500, unit: "ms", "The crossfade at a cut, at most what stays on a side."),
    ]

    var keepsTime: Bool { false }

    func frames(from frames: Int, sampleRate: Double) -> Int? { nil }

    static func unit(_ settings: Automated<SilenceRemoval>, _ context: UnitContext) throws -> any EffectUnit {
        SilenceRemovalUnit(settings.fixed, context)
    }
}

/// A removal of silence at work: keeps the beginning and the end of the pause that is going on.
final class SilenceRemovalUnit: EffectUnit {
    private let threshold: Float
    /// From how many frames on a pause is cut.
    private let minimum: Int
    private let keep: Int
    private let crossfade: Int
    /// The pause so far: all of it while it is short, its last frames alone once it will be cut.
    private var pause: PlanarQueue
    /// The first frames of a pause that will be cut.
    private var head: PlanarQueue
    private var isCut = false
    private var hasSounded = false
    private let peaks = PlanarStorage(channels: 1)

    init(_ settings: SilenceRemoval, _ context: UnitContext) {
        threshold = Decibels.amplitude(settings.threshold)
        keep = context.frames(seconds: settings.keep)
        crossfade = min(keep, context.frames(milliseconds: settings.crossfade))
        // What stays on both sides must not overlap.
        minimum = max(1, context.frames(seconds: settings.minimum), 2 * keep)
        pause = PlanarQueue(channels: context.channels)
        head = PlanarQueue(channels: context.channels)
    }

    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        LinkedPeak.measure(block, into: peaks[0])
        var done = 0
        while done < block.frames {
            let isSilent = peaks[0][done] < threshold
            var end = done + 1
            while end < block.frames, (peaks[0][end] < threshold) == isSilent { end += 1 }
            let run = block.frames(from: done, count: end - done)
            if isSilent {
                extendPause(run)
            } else {
                try endPause(emit)
                hasSounded = true
                try emit(run)
            }
            done = end
        }
    }

    private func extendPause(_ run: PlanarBlock) {
        pause.append(run)
        if !isCut, pause.frames >= minimum {
            isCut = true
            head.append(pause.block.frames(from: 0, count: keep))
        }
        if isCut, pause.frames > keep { pause.removeFirst(pause.frames - keep) }
    }

    /// Hands over what stays of the pause before a sound.
    private func endPause(_ emit: (PlanarBlock) throws -> Void) throws {
        if isCut, hasSounded {
            try head.emit(keep - crossfade, emit)
            let (before, after) = (head.block, pause.block)
            for channel in 0..<before.channels {
                for index in 0..<crossfade {
                    let part = (Float(index) + 0.5) / Float(crossfade)
                    let (old, new) = (before.start(channel)[index], after.start(channel)[index])
                    after.start(channel)[index] = old + (new - old) * part
                }
            }
        }
        head.removeFirst(head.frames)
        isCut = false
        try pause.emit(pause.frames, emit)
    }

    func finish(emit: (PlanarBlock) throws -> Void) throws {
        guard isCut else { return try pause.emit(pause.frames, emit) }
        if hasSounded { try head.emit(head.frames, emit) }
    }
}
