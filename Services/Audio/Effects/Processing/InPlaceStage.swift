/// Runs an in-place effect in a chain: follows its automation and takes its latency away.
final class InPlaceStage<Unit: InPlaceUnit>: EffectUnit {
    /// How often automation is looked up.
    private static var sliceFrames: Int { 64 }

    private let unit: Unit
    private let settings: Automated<Unit.Settings>
    private let isConstant: Bool
    private let sampleRate: Double
    private let channels: Int
    private var frame: Int
    private var lateFrames: Int

    /// - Parameter makeUnit: makes the unit for the settings at the start.
    init(_ settings: Automated<Unit.Settings>, _ context: UnitContext, _ makeUnit: (Unit.Settings) -> Unit) {
        self.settings = settings
        isConstant = settings.isConstant
        (sampleRate, channels, frame) = (context.sampleRate, context.channels, context.startFrame)
        unit = makeUnit(settings.settings(at: Double(context.startFrame) / context.sampleRate))
        lateFrames = unit.latency
    }

    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        if isConstant {
            unit.process(block, at: frame)
            frame += block.frames
        } else {
            processSlices(block)
        }
        let late = min(lateFrames, block.frames)
        lateFrames -= late
        if late < block.frames { try emit(block.dropping(late)) }
    }

    /// Slices end where the frame number is a multiple of their length, so that the result does not depend on block sizes.
    private func processSlices(_ block: PlanarBlock) {
        var done = 0
        while done < block.frames {
            let untilEnd = Self.sliceFrames - frame % Self.sliceFrames
            let count = min(untilEnd, block.frames - done)
            if done == 0 || untilEnd == Self.sliceFrames {
                unit.retune(settings.settings(at: Double(frame + untilEnd) / sampleRate), over: untilEnd)
            }
            unit.process(block.frames(from: done, count: count), at: frame)
            frame += count
            done += count
        }
    }

    func finish(emit: (PlanarBlock) throws -> Void) throws {
        var rest = unit.latency
        guard rest > 0 else { return }
        let silence = PlanarStorage(channels: channels)
        while rest > 0 {
            let block = silence.block(min(rest, PlanarStorage.blockFrames))
            block.clear()
            rest -= block.frames
            try process(block, emit: emit)
        }
    }
}
