import Primitives

/// Finds black pictures: those in which nearly all pixels are dark.
/// Source: the measure of FFmpeg's filter `blackdetect`, whose thresholds are the defaults here.
struct BlackCheck: PictureCheck {
    private let darkest: UInt8
    private let part: Double
    private var stretches: Stretches

    /// - Parameters:
    ///   - shortest: seconds that it has to last.
    ///   - level: up to where a pixel is black, 0 (black) to 1 (white).
    ///   - part: of the pixels that have to be black, 0 to 1.
    init(shortest: Double, level: Double, part: Double) {
        (darkest, self.part) = (UInt8((min(1, max(0, level)) * 255).rounded(.down)), part)
        stretches = Stretches(shortest: shortest)
    }

    mutating func look(at picture: CheckPicture) {
        let limit = darkest
        let dark = picture.luma.withUnsafeBufferPointer { luma in
            var count = 0
            for index in 0..<luma.count where luma[index] <= limit { count &+= 1 }
            return count
        }
        stretches.note(Double(dark) >= part * Double(picture.luma.count), at: picture.time)
    }

    mutating func finish(at end: Double) -> CheckResult {
        stretches.close(at: end)
        return CheckResult(
            .black, findings: stretches.found.map { CheckFinding(start: $0.lowerBound, end: $0.upperBound, note: "black") },
            measures: ["black_seconds": .number(stretches.found.seconds)])
    }
}

extension [Range<Double>] {
    /// Seconds of all together.
    var seconds: Double { reduce(0) { $0 + $1.upperBound - $1.lowerBound }.rounded(decimals: 3) }
}
