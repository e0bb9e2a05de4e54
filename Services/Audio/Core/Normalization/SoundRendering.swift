import Media
import Metering

/// Writes sound that is made on the way, at a target loudness if one is wanted.
struct SoundRendering {
    let source: any SoundSource
    let target: AudioTarget
    /// LUFS; `nil` leaves the loudness as it is.
    let integrated: Double?
    /// The highest true peak, dBTP.
    let truePeak: Double
    let isDualMono: Bool

    /// What was written.
    struct Outcome {
        let loudness: LoudnessMeasurement
        /// `nil` without a target.
        let isTargetReached: Bool?
        /// dB; `nil` without a target.
        let gain: Double?
        let isLimited: Bool
        /// Seconds.
        let duration: Double
    }

    /// - Parameter report: called with the fraction done and the stage.
    /// - Throws: `MediaError`, `AudioError`, what the source throws.
    func run(writingTo path: String, report: (Double, String) -> Void) throws -> Outcome {
        guard let integrated else { return try write(to: path, report: report) }
        let loudness = LoudnessTarget(integrated: integrated, truePeak: truePeak)
        return try withoutActuallyEscaping(report) { report in
            let normalizer = Normalizer(
                source: source, target: target, loudness: loudness, isDualMono: isDualMono, report: report)
            let outcome = try normalizer.run(writingTo: path)
            let miss = outcome.after.integrated.map { abs($0 - integrated) } ?? .infinity
            return Outcome(
                loudness: outcome.after, isTargetReached: miss <= Normalizer.tolerance, gain: outcome.plan.gain,
                isLimited: outcome.plan.curve != nil, duration: outcome.duration)
        }
    }

    /// Leaves the sound as it is, save for peaks that would be clipped.
    private func write(to path: String, report: (Double, String) -> Void) throws -> Outcome {
        let format = AudioFormat.planar(
            sampleRate: target.sampleRate, channels: target.channels, channelMask: target.channelMask)
        var meter = try ProgrammeMeter(format, isDualMono: isDualMono, detail: .profile)
        meter.expect(source.seconds)
        try source.decode(to: format, progress: { report(0.5 * $0, "measuring") }) { try meter.process($0.planes) }
        let duration = Double(meter.frames) / Double(format.sampleRate)
        let measured = try meter.finish()
        let limiter = TruePeakLimiter(ceiling: Loudness.amplitude(truePeak - NormalizationPlan.limiterMargin))
        let isLimited = (measured.measurement.truePeak ?? -.infinity) > truePeak
        var stage = GainStage(gain: 0, curve: isLimited ? limiter.curve(for: measured.profile, gain: 1) : nil)
        var check = isLimited ? try ProgrammeMeter(format, isDualMono: isDualMono, detail: .summary) : nil
        let writer = try AudioWriter(path: path, target: target)
        try source.decode(to: format, progress: { report(0.5 + 0.5 * $0, "writing") }) { frame in
            if isLimited {
                frame.makeWritable()
                stage.process((0..<format.channels).map(frame.channel))
                try check?.process(frame.planes)
            }
            try writer.write(frame)
        }
        try writer.finish()
        let after = try check.take()?.finish().measurement ?? measured.measurement
        return Outcome(loudness: after, isTargetReached: nil, gain: nil, isLimited: isLimited, duration: duration)
    }
}
