import Primitives

/// Whether a video lasts as long as expected, and its pictures, its sound and its container agree.
///
/// The tolerance is for what codecs add: a frame of AAC is 21 ms at 48 kHz, and its priming two more. Ears notice sound that is
/// off by more than 125 ms (ITU-R BT.1359-1).
struct DurationCheck {
    /// Seconds; `nil` where nothing is expected.
    let expected: Double?
    /// Seconds that lengths may be apart.
    let tolerance: Double

    /// - Parameters: seconds of the end of the pictures and of the sound by what was decoded, and of the length by the header.
    func judge(pictures: Double, sound: Double?, container: Double?) -> CheckResult {
        let whole = max(pictures, sound ?? 0)
        var findings: [CheckFinding] = []
        func text(_ seconds: Double) -> String { "\(seconds.rounded(decimals: 3)) s" }
        func compare(_ one: Double, _ other: Double, _ note: String) {
            guard abs(one - other) > tolerance else { return }
            findings.append(CheckFinding(start: min(one, other), end: max(one, other), note: note))
        }
        if let expected { compare(whole, expected, "lasts \(text(whole)) where \(text(expected)) are expected") }
        if let sound { compare(pictures, sound, "pictures end at \(text(pictures)), sound at \(text(sound))") }
        if let container { compare(whole, container, "lasts \(text(whole)), and its header tells \(text(container))") }
        return CheckResult(
            .duration, findings: findings,
            measures: [
                "picture_seconds": .number(pictures.rounded(decimals: 3)), "sound_seconds": JSONValue(sound?.rounded(decimals: 3)),
                "container_seconds": JSONValue(container?.rounded(decimals: 3)),
            ])
    }
}
