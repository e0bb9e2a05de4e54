import Primitives

/// A stretch of a video that a check objects to.
struct CheckFinding: Sendable, Equatable {
    /// Seconds from the file's second 0.
    let start: Double
    let end: Double
    /// What is there, as a sentence.
    let note: String
}

/// What one check says of a video.
struct CheckResult: Sendable {
    enum Verdict: String, Sendable {
        case pass, fail
        /// There was nothing to check.
        case skipped
    }

    let check: VideoCheck
    let verdict: Verdict
    let findings: [CheckFinding]
    /// What was measured, by name with its unit.
    let measures: [String: JSONValue]

    /// - Parameter findings: none passes.
    init(_ check: VideoCheck, findings: [CheckFinding], measures: [String: JSONValue] = [:]) {
        (self.check, self.findings, self.measures) = (check, findings, measures)
        verdict = findings.isEmpty ? .pass : .fail
    }

    /// A check of what the file does not have.
    init(skipped check: VideoCheck) {
        (self.check, verdict, findings, measures) = (check, .skipped, [], [:])
    }
}

/// What can be checked.
enum VideoCheck: String, CaseIterable, Sendable {
    case black, freeze, silence, loudness, letterbox, flashes, duration

    /// Whether it listens.
    var isOfSound: Bool { self == .silence || self == .loudness }
}
