import Glibc
import Primitives

/// Finds silence: no sample of any channel over a level.
/// Source: the measure of FFmpeg's filter `silencedetect`; its default of two seconds is the one here.
struct SilenceCheck: SoundCheck {
    private let limit: Float
    private let rate: Double
    private var stretches: Stretches
    private var count = 0
    private var isSilent: Bool?

    /// - Parameters:
    ///   - shortest: seconds that it has to last.
    ///   - level: dBFS up to which a sample is silent.
    ///   - sampleRate: Hz.
    init(shortest: Double, level: Double, sampleRate: Int) {
        (limit, rate) = (Float(pow(10, level / 20)), Double(sampleRate))
        stretches = Stretches(shortest: shortest)
    }

    mutating func listen(to planes: [UnsafeBufferPointer<Float>]) {
        let length = planes.first?.count ?? 0
        for index in 0..<length {
            var isQuiet = true
            for plane in planes where !(abs(plane[index]) < limit) { isQuiet = false }
            if isQuiet == isSilent { continue }
            isSilent = isQuiet
            stretches.note(isQuiet, at: Double(count + index) / rate)
        }
        count += length
    }

    mutating func finish() -> CheckResult {
        stretches.close(at: Double(count) / rate)
        return CheckResult(
            .silence, findings: stretches.found.map { CheckFinding(start: $0.lowerBound, end: $0.upperBound, note: "silent") },
            measures: ["silent_seconds": .number(stretches.found.seconds)])
    }
}
