import Glibc
import Primitives

/// Finds pictures that stand still: each is compared to the one that the standstill began with, so that slow motion is none.
/// Source: the measure of FFmpeg's filter `freezedetect`, whose thresholds are the defaults here.
struct FreezeCheck: PictureCheck {
    private let largestChange: Double
    private var stretches: Stretches
    private var reference: AnalysisPicture?
    private var since = 0.0

    /// - Parameters:
    ///   - shortest: seconds that it has to last.
    ///   - noise: dB below full scale that the mean difference of all samples may have.
    init(shortest: Double, noise: Double) {
        largestChange = pow(10, noise / 20) * 255
        stretches = Stretches(shortest: shortest)
    }

    mutating func look(at picture: CheckPicture) {
        if let reference, Self.difference(reference.samples, picture.small.samples) <= largestChange { return }
        stretches.note(true, at: since)
        stretches.close(at: picture.time)
        (reference, since) = (picture.small, picture.time)
    }

    mutating func finish(at end: Double) -> CheckResult {
        if reference != nil { stretches.note(true, at: since) }
        stretches.close(at: end)
        return CheckResult(
            .freeze,
            findings: stretches.found.map { CheckFinding(start: $0.lowerBound, end: $0.upperBound, note: "stands still") },
            measures: ["frozen_seconds": .number(stretches.found.seconds)])
    }

    /// The mean difference of samples; infinite where the sizes differ.
    private static func difference(_ first: [UInt8], _ second: [UInt8]) -> Double {
        guard first.count == second.count, !first.isEmpty else { return .infinity }
        return first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                var sum: UInt32 = 0
                for index in 0..<first.count {
                    let (a, b) = (first[index], second[index])
                    sum &+= UInt32(a > b ? a &- b : b &- a)
                }
                return Double(sum) / Double(first.count)
            }
        }
    }
}
