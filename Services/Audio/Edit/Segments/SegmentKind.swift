/// What is heard in a part of a recording.
package enum SegmentKind: String, Sendable, Hashable, CaseIterable {
    case silence, speech, music, noise
}

/// A part of a recording in which one kind of sound is heard.
package struct Segment: Sendable, Hashable {
    /// Seconds.
    package var start: Double
    /// Seconds.
    package var end: Double
    package var kind: SegmentKind
    /// How likely each kind is over the part, by `SegmentKind.allCases`; from 0 to 1, together 1.
    package var probabilities: [Double]
}
