import AudioEdit
import AudioText
import Media

/// What one decode tells of a file that is to be cut.
struct CutAnalysis {
    let energy: EnergyTrack
    /// `nil` when nothing listened for speech.
    let speech: SpeechCurve?
    let format: AudioFormat

    /// How far a filler's edge may move to a quieter place: word times are not exact to more than this, seconds.
    private static let snap = 0.06
    /// What is left of a pause on either side of the words at least: the ends of words are soft, seconds.
    private static let margin = 0.05

    /// - Parameter speech: listens along; `nil` goes by level alone.
    /// - Throws: `MediaError`, `ModelError`, `AudioError.notFinite`, `EditError.notFinite`.
    init(_ source: AudioSource, speech: SpeechTrack?, progress: (Double) -> Void) throws {
        let format = source.planarFormat
        var energy = EnergyTrack(sampleRate: format.sampleRate)
        try source.decode(to: format, progress: progress) { frame in
            try energy.process(frame.planes)
            try speech?.push(frame)
        }
        try energy.finish(channels: format.channels)
        (self.energy, self.format) = (energy, format)
        self.speech = try speech?.finish()
    }

    /// Seconds of the recording.
    var duration: Double { Double(energy.frames) / Double(format.sampleRate) }

    /// What goes of the pauses.
    /// - Parameter kept: seconds that stay of each, half on either side.
    func pauses(_ finder: SilenceFinder, kept: Double) -> [SplicePlan.Cut] {
        let side = max(Self.margin, kept / 2)
        return finder.pauses(in: energy, speech: speech).compactMap { pause in
            cut(
                from: pause.start <= 0 ? 0 : pause.start + side, to: pause.end >= duration ? duration : pause.end - side, .silence)
        }
    }

    /// Cuts at the quietest places near their edges.
    func fillers(_ ranges: [TimeRange]) -> [SplicePlan.Cut] {
        ranges.compactMap { range in
            cut(
                from: energy.quietestMoment(near: range.start, within: Self.snap),
                to: energy.quietestMoment(near: range.end, within: Self.snap), .filler)
        }
    }

    /// A cut between two times in seconds, to the nearest frames; `nil` for nothing.
    func cut(from start: Double, to end: Double, _ reason: SplicePlan.Cut.Reason) -> SplicePlan.Cut? {
        let rate = Double(format.sampleRate)
        // Times beyond any recording would not fit an integer.
        let (first, last) = (min(max(0, start), duration), min(max(0, end), duration))
        let frames = (Int((first * rate).rounded()), Int((last * rate).rounded()))
        return frames.0 < frames.1 ? SplicePlan.Cut(frames.0..<frames.1, reason) : nil
    }
}
