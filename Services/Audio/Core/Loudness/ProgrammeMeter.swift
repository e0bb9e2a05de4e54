import Media
package import Metering
import Synchronization

/// Measures a programme: loudness on a thread of its own, true peak on the caller's.
package struct ProgrammeMeter: ~Copyable {
    /// How much is recorded beside the summary.
    package enum Detail: Sendable {
        case summary
        /// The profile that a limiter is planned from.
        case profile
    }

    /// What came out.
    package struct Result: Sendable {
        package let measurement: LoudnessMeasurement
        /// Empty unless asked for.
        package let profile: LoudnessProfile
    }

    /// Frames that have been taken in.
    package private(set) var frames = 0
    private var peaks: TruePeakMeter
    private var profile: LoudnessProfile
    private let detail: Detail
    private let channels: Int
    private let loudness: LoudnessLane
    private let stage: PipelineStage<[Float]>
    private var batch: [Float]
    private var batchFill = 0
    /// Frames handed to the loudness thread at a time: a tenth of a second or so, and a whole number of blocks.
    private let batchFrames: Int

    /// - Parameters:
    ///   - roles: what each channel is to the loudness.
    ///   - sampleRate: Hz.
    /// - Throws: `LoudnessError.unmeasurable`.
    package init(channels roles: [LoudnessChannel], sampleRate: Int, detail: Detail) throws(LoudnessError) {
        let blockFrames = TruePeakMeter.blockFrames(sampleRate: sampleRate)
        profile = LoudnessProfile(blockFrames: blockFrames, sampleRate: sampleRate)
        self.detail = detail
        channels = roles.count
        // A little more than the limiter's reach, so that a ceiling lowered once more still finds exact peaks.
        let depth = Float(Loudness.amplitude(-NormalizationPlan.maximumReduction - 2))
        peaks = TruePeakMeter(channels: roles.count, sampleRate: sampleRate, relevance: detail == .profile ? depth : 1)
        let lane = try LoudnessLane(roles, sampleRate: sampleRate, blockFrames: detail == .profile ? blockFrames : nil)
        loudness = lane
        stage = PipelineStage(name: "loudness", capacity: 4) { batch in try lane.process(batch) }
        batchFrames = blockFrames * 32
        batch = Array(repeating: 0, count: batchFrames * channels)
    }

    /// Measures what a format holds.
    /// - Parameters:
    ///   - format: planar float.
    ///   - isDualMono: whether a single channel counts for two loudspeakers.
    /// - Throws: `LoudnessError.unmeasurable`.
    init(_ format: AudioFormat, isDualMono: Bool, detail: Detail) throws(LoudnessError) {
        let roles = LoudnessChannel.roles(channels: format.channels, mask: format.channelMask, isDualMono: isDualMono)
        try self.init(channels: roles, sampleRate: format.sampleRate, detail: detail)
    }

    /// Takes in one buffer for each channel, all of the same length.
    /// - Throws: `AudioError`.
    package mutating func process(_ planes: [UnsafeBufferPointer<Float>]) throws {
        let count = planes.first?.count ?? 0
        frames += count
        peaks.process(planes) { [isDetailed = detail == .profile] in if isDetailed { profile.append(peak: $0) } }
        guard !peaks.sawNonFinite else { throw AudioError.notFinite }
        var taken = 0
        while taken < count {
            let part = min(count - taken, batchFrames - batchFill)
            interleave(planes, taken..<taken + part)
            taken += part
            if batchFill == batchFrames { try sendBatch() }
        }
    }

    /// Makes room for a programme's profile.
    /// - Parameter seconds: about how long it is; room is made for four hours at most, as a file may say what it likes.
    mutating func expect(_ seconds: Double?) {
        guard detail == .profile, let seconds, seconds > 0 else { return }
        let blocks = Int(min(seconds, 4 * 3600) * Double(profile.sampleRate)) / profile.blockFrames + 1
        profile.reserve(peaks: blocks)
        loudness.reserve(blocks)
    }

    /// Ends the programme.
    /// - Throws: `AudioError`.
    package consuming func finish() throws -> Result {
        peaks.finish { [isDetailed = detail == .profile] in if isDetailed { profile.append(peak: $0) } }
        guard !peaks.sawNonFinite else { throw AudioError.notFinite }
        try sendBatch()
        try stage.finish()
        return try loudness.result(peaks: (peaks.peak, peaks.samplePeak), profile: profile)
    }

    private mutating func sendBatch() throws {
        guard batchFill > 0 else { return }
        if batchFill < batchFrames { batch.removeLast((batchFrames - batchFill) * channels) }
        try stage.send(batch)
        batch = Array(repeating: 0, count: batchFrames * channels)
        batchFill = 0
    }

    private mutating func interleave(_ planes: [UnsafeBufferPointer<Float>], _ range: Range<Int>) {
        let (channels, fill) = (channels, batchFill)
        batchFill += range.count
        batch.withUnsafeMutableBufferPointer { batch in
            guard let out = batch.baseAddress.map({ $0 + fill * channels }) else { return }
            if channels == 2, let left = planes[0].baseAddress, let right = planes[1].baseAddress {
                // The pair spelled out, which the compiler turns into vector code.
                for frame in 0..<range.count {
                    out[2 &* frame] = left[range.lowerBound &+ frame]
                    out[2 &* frame &+ 1] = right[range.lowerBound &+ frame]
                }
                return
            }
            for (channel, plane) in planes.enumerated() {
                guard let source = plane.baseAddress.map({ $0 + range.lowerBound }) else { continue }
                for frame in 0..<range.count { out[frame &* channels &+ channel] = source[frame] }
            }
        }
    }
}

/// The loudness half of a `ProgrammeMeter`, used by one thread at a time.
private final class LoudnessLane: Sendable {
    private struct State: ~Copyable {
        var meter: LoudnessMeter
        var profile: LoudnessProfile
    }

    private let state: Mutex<State>
    /// Samples of one block of the profile over all channels; `nil` when none is recorded.
    private let blockSamples: Int?

    init(_ roles: [LoudnessChannel], sampleRate: Int, blockFrames: Int?) throws(LoudnessError) {
        blockSamples = blockFrames.map { $0 * roles.count }
        let meter = try LoudnessMeter(channels: roles, sampleRate: sampleRate)
        state = Mutex(State(meter: meter, profile: LoudnessProfile(blockFrames: blockFrames ?? 1, sampleRate: sampleRate)))
    }

    func reserve(_ blocks: Int) {
        state.withLock { $0.profile.reserve(energies: blocks) }
    }

    /// - Parameter batch: interleaved; only the last one may hold a broken block.
    func process(_ batch: [Float]) throws {
        try state.withLock { state in
            try batch.withUnsafeBufferPointer { samples in
                guard let blockSamples else { return try state.meter.process(samples) }
                for start in stride(from: 0, to: samples.count, by: blockSamples) {
                    try state.meter.process(
                        UnsafeBufferPointer(rebasing: samples[start..<min(start + blockSamples, samples.count)]))
                    state.profile.append(energy: state.meter.energyOfLastMillisecond())
                }
            }
        }
    }

    func result(peaks: (truePeak: Float, sample: Float), profile: LoudnessProfile) throws -> ProgrammeMeter.Result {
        try state.withLock { state in
            func level(_ value: Double) -> Double? { value.isFinite ? value : nil }
            var whole = profile
            whole.takeEnergies(of: state.profile)
            let measurement = LoudnessMeasurement(
                integrated: level(state.meter.integrated()), range: try state.meter.range(),
                shortTermMaximum: level(state.meter.shortTermMaximum), momentaryMaximum: level(state.meter.momentaryMaximum),
                truePeak: level(Loudness.decibels(Double(peaks.truePeak))),
                samplePeak: level(Loudness.decibels(Double(peaks.sample))))
            return ProgrammeMeter.Result(measurement: measurement, profile: whole)
        }
    }
}
