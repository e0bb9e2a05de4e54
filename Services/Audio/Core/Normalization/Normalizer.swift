import Glibc
import Media
import Metering

/// Brings sound to a target loudness: one decode to measure, one to apply the plan; nothing is kept on disk in between.
struct Normalizer {
    let source: any SoundSource
    let target: AudioTarget
    let loudness: LoudnessTarget
    let isDualMono: Bool
    /// Called with the fraction done and the stage.
    let report: (Double, String) -> Void

    /// What happened.
    struct Outcome {
        /// Where the values of `after` come from.
        enum Basis: String {
            /// A gain alone changes every level by itself: nothing needs to be measured again.
            case computed
            /// The samples that were written.
            case measured
            /// A lossy file, decoded again: encoders change peaks and a little of the loudness.
            case decoded
        }

        let before: LoudnessMeasurement
        let after: LoudnessMeasurement
        let basis: Basis
        let plan: NormalizationPlan
        /// Seconds.
        let duration: Double
    }

    /// How far the result may be from the target, LU.
    static let tolerance = 0.1
    /// How often a lossy encoder's overshoot is answered with a lower ceiling.
    private static let corrections = 2

    /// Writes the normalised file.
    /// - Throws: `MediaError`, `AudioError`.
    func run(writingTo path: String) throws -> Outcome {
        let format = AudioFormat.planar(
            sampleRate: target.sampleRate, channels: target.channels, channelMask: target.channelMask)
        let (before, frames) = try measure(format)
        let duration = Double(frames) / Double(format.sampleRate)
        guard let integrated = before.measurement.integrated, let truePeak = before.measurement.truePeak else {
            throw duration < 0.4 ? AudioError.tooShort(duration) : .silent
        }
        var aim = loudness
        var attempt = 0
        while true {
            let plan = NormalizationPlan(integrated: integrated, truePeak: truePeak, profile: before.profile, target: aim)
            let (start, length) = Self.progress(attempt)
            let measured = try apply(plan, format, to: path) { report(start + 0.8 * length * $0, "writing") }
            let (after, basis) = try result(of: plan, before: before.measurement, measured: measured, path: path) {
                report(start + (0.8 + 0.2 * $0) * length, "checking")
            }
            let excess = (after.truePeak ?? -.infinity) - loudness.truePeak
            let miss = plan.obstacle == nil ? (after.integrated ?? loudness.integrated) - loudness.integrated : 0
            if attempt == Self.corrections || (excess <= 0 && abs(miss) <= Self.tolerance) {
                return Outcome(before: before.measurement, after: after, basis: basis, plan: plan, duration: duration)
            }
            if excess > 0 { aim.truePeak -= excess + NormalizationPlan.linearMargin }
            if abs(miss) > Self.tolerance / 2 { aim.integrated -= miss }
            attempt += 1
        }
    }

    /// The part of the job's progress that belongs to an attempt: most of it to the first, since a second one is rare.
    private static func progress(_ attempt: Int) -> (start: Double, length: Double) {
        let left = 0.55 * pow(0.2, Double(attempt))
        return (1 - left, 0.8 * left)
    }

    private func measure(_ format: AudioFormat) throws -> (ProgrammeMeter.Result, frames: Int) {
        var meter = try ProgrammeMeter(format, isDualMono: isDualMono, detail: .profile)
        meter.expect(source.seconds)
        let progress = { (fraction: Double) in report(fraction * 0.45, "measuring") }
        try source.decode(to: format, progress: progress) { try meter.process($0.planes) }
        let frames = meter.frames
        return (try meter.finish(), frames)
    }

    /// Decodes again, applies the plan and writes.
    /// - Returns: what was handed to the encoder, when the limiter was at work and the file will not be decoded again.
    private func apply(
        _ plan: NormalizationPlan, _ format: AudioFormat, to path: String, progress: (Double) -> Void
    ) throws -> LoudnessMeasurement? {
        let isMeasured = plan.curve != nil && target.format.isLossless
        var meter = try isMeasured ? ProgrammeMeter(format, isDualMono: isDualMono, detail: .summary) : nil
        var stage = GainStage(gain: plan.gain, curve: plan.curve)
        let writer = try AudioWriter(path: path, target: target)
        try source.decode(to: format, progress: progress) { frame in
            frame.makeWritable()
            stage.process((0..<format.channels).map(frame.channel))
            try meter?.process(frame.planes)
            try writer.write(frame)
        }
        try writer.finish()
        return try meter.take()?.finish().measurement
    }

    private func result(
        of plan: NormalizationPlan, before: LoudnessMeasurement, measured: LoudnessMeasurement?, path: String,
        progress: (Double) -> Void
    ) throws -> (LoudnessMeasurement, Outcome.Basis) {
        if let measured { return (measured, .measured) }
        guard !target.format.isLossless else {
            var after = before.amplified(by: plan.gain)
            after.integrated = plan.expectedLoudness
            return (after, .computed)
        }
        let written = try AudioSource(path: path)
        let format = written.planarFormat
        var meter = try ProgrammeMeter(format, isDualMono: isDualMono, detail: .summary)
        try written.decode(to: format, progress: progress) { try meter.process($0.planes) }
        return (try meter.finish().measurement, .decoded)
    }
}
