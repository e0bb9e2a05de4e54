import Metering
import Primitives

/// Whether a programme is as loud as where it goes to wants it, and its peaks stay under the ceiling.
/// Source: EBU R 128 and ITU-R BS.1770-4, by the studio's own meters.
final class LoudnessCheck: SoundCheck {
    /// What is asked for.
    struct Target {
        /// LUFS.
        let loudness: Double
        /// LU by which the loudness may be off.
        let tolerance: Double
        /// dBTP at most.
        let truePeak: Double
    }

    private let target: Target
    private let rate: Double
    private var loudness: LoudnessMeter
    private var peaks: TruePeakMeter
    private var interleaved: [Float] = []
    private var count = 0

    /// - Parameters:
    ///   - channelMask: libavutil's.
    ///   - sampleRate: Hz.
    /// - Throws: `LoudnessError`.
    init(_ target: Target, channels: Int, channelMask: UInt64, sampleRate: Int) throws(LoudnessError) {
        (self.target, rate) = (target, Double(sampleRate))
        let roles = LoudnessChannel.roles(channels: channels, mask: channelMask, isDualMono: false)
        loudness = try LoudnessMeter(channels: roles, sampleRate: sampleRate)
        peaks = TruePeakMeter(channels: channels, sampleRate: sampleRate)
    }

    func listen(to planes: [UnsafeBufferPointer<Float>]) throws {
        let length = planes.first?.count ?? 0
        count += length
        peaks.process(planes) { _ in }
        interleaved.removeAll(keepingCapacity: true)
        for index in 0..<length { for plane in planes { interleaved.append(plane[index]) } }
        try interleaved.withUnsafeBufferPointer { try loudness.process($0) }
    }

    func finish() -> CheckResult {
        peaks.finish { _ in }
        let (integrated, peak) = (loudness.integrated(), Loudness.decibels(Double(peaks.peak)))
        func finding(_ note: String) -> CheckFinding { CheckFinding(start: 0, end: Double(count) / rate, note: note) }
        var findings: [CheckFinding] = []
        if peaks.sawNonFinite {
            findings.append(finding("the sound holds samples that are infinite or not numbers"))
        } else if !integrated.isFinite {
            findings.append(finding("no loudness: the sound is silent, or shorter than 0.4 s"))
        } else if abs(integrated - target.loudness) > target.tolerance {
            let side = integrated > target.loudness ? "loud" : "quiet"
            findings.append(
                finding("too \(side): \(integrated.rounded(decimals: 1)) LUFS where \(target.loudness) LUFS are asked for"))
        }
        if peak > target.truePeak {
            findings.append(finding("true peak \(peak.rounded(decimals: 1)) dBTP, and at most \(target.truePeak) are allowed"))
        }
        return CheckResult(
            .loudness, findings: findings,
            measures: [
                "integrated_lufs": .decibels(integrated), "true_peak_dbtp": .decibels(peak),
                "short_term_max_lufs": .decibels(loudness.shortTermMaximum),
            ])
    }
}
