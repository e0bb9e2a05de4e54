import CRubberBand

/// The Rubber Band library as a stream: changes duration and pitch, with its own delay taken away.
final class RubberBandStretcher {
    /// Which of the library's engines works: the second generation or the slower third one.
    enum Engine: String, CaseIterable, Sendable {
        case faster, finer
    }

    private let state: RubberBandState
    private let channels: Int
    private let inputs: UnsafeMutablePointer<UnsafePointer<Float>?>
    private let outputs: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
    private var queue: PlanarQueue
    private let ratio: Double
    private var lateFrames: Int
    private var consumed = 0
    private var produced = 0

    /// - Parameters:
    ///   - ratio: the duration of the output by that of the input.
    ///   - pitch: the factor on frequencies.
    ///   - keepsFormants: whether the colour of a voice stays.
    ///   - changesPitch: whether `setPitch` will be called.
    /// - Throws: `EffectFailure.outOfMemory`.
    init(
        _ context: UnitContext, engine: Engine, ratio: Double, pitch: Double, keepsFormants: Bool = false,
        changesPitch: Bool = false
    ) throws {
        var options = RubberBandOptionProcessRealTime.rawValue | RubberBandOptionThreadingNever.rawValue
        options |= RubberBandOptionChannelsTogether.rawValue
        options |= engine == .finer ? RubberBandOptionEngineFiner.rawValue : RubberBandOptionEngineFaster.rawValue
        options |= changesPitch ? RubberBandOptionPitchHighConsistency.rawValue : RubberBandOptionPitchHighQuality.rawValue
        // The second generation takes steady tones for transients now and then and breaks their phase, which this option
        // forbids. The third has no such setting.
        options |= RubberBandOptionTransientsSmooth.rawValue
        if keepsFormants { options |= RubberBandOptionFormantPreserved.rawValue }
        guard
            let state = rubberband_new(
                UInt32(context.sampleRate.rounded()), UInt32(context.channels), RubberBandOptions(options), ratio, pitch)
        else { throw EffectFailure.outOfMemory }
        self.state = state
        self.ratio = ratio
        channels = context.channels
        inputs = .allocate(capacity: context.channels)
        outputs = .allocate(capacity: context.channels)
        inputs.initialize(repeating: nil, count: context.channels)
        outputs.initialize(repeating: nil, count: context.channels)
        queue = PlanarQueue(channels: context.channels)
        rubberband_set_max_process_size(state, UInt32(PlanarStorage.blockFrames))
        // The library's manual: pad the start by so much silence, then drop so much of the output.
        lateFrames = Int(rubberband_get_start_delay(state))
        feedSilence(Int(rubberband_get_preferred_start_pad(state)))
    }

    deinit {
        rubberband_delete(state)
        inputs.deallocate()
        outputs.deallocate()
    }

    func setPitch(_ scale: Double) { rubberband_set_pitch_scale(state, scale) }

    /// Takes the next frames and hands over what is ready.
    func process(_ block: PlanarBlock, emit: (PlanarBlock) throws -> Void) throws {
        feed(block)
        consumed += block.frames
        try drain(emit)
    }

    /// Hands over the rest, so that the duration is exactly that of the input times the ratio.
    func finish(emit: (PlanarBlock) throws -> Void) throws {
        let target = Int((Double(consumed) * ratio).rounded())
        // Silence drives out what is inside; the library needs no more of it than a few of its windows.
        var silence = 1 << 18
        while produced + queue.frames < target, silence > 0 {
            feedSilence(PlanarStorage.blockFrames)
            silence -= PlanarStorage.blockFrames
        }
        if produced + queue.frames < target { queue.reserve(target - produced - queue.frames).clear() }
        try drain(emit)
    }

    /// What came out ahead of its time waits, so that the end is where it should be.
    private func drain(_ emit: (PlanarBlock) throws -> Void) throws {
        let due = min(queue.frames, Int((Double(consumed) * ratio).rounded()) - produced)
        guard due > 0 else { return }
        produced += due
        try queue.emit(due, emit)
    }

    private func feedSilence(_ frames: Int) {
        let silence = PlanarStorage(channels: channels)
        var rest = frames
        while rest > 0 {
            feed(silence.block(min(rest, PlanarStorage.blockFrames)))
            rest -= PlanarStorage.blockFrames
        }
    }

    private func feed(_ block: PlanarBlock) {
        for channel in 0..<channels { inputs[channel] = UnsafePointer(block.start(channel)) }
        rubberband_process(state, inputs, UInt32(block.frames), 0)
        while case let available = Int(rubberband_available(state)), available > 0 {
            let room = queue.reserve(available)
            for channel in 0..<channels { outputs[channel] = room.start(channel) }
            let count = Int(rubberband_retrieve(state, outputs, UInt32(available)))
            queue.removeLast(available - count)
            if count == 0 { break }
            let late = min(lateFrames, queue.frames)
            lateFrames -= late
            queue.removeFirst(late)
        }
    }
}
