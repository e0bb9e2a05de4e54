import AudioEdit
import Media
import Metering

/// What one decode tells of a file that is to be levelled.
struct LevelAnalysis {
    let loudness: LoudnessMeasurement
    let levels: ProgrammeLevels
    let frames: Int

    /// - Parameters:
    ///   - format: planar floats.
    ///   - speech: listens along; `nil` goes by level alone.
    /// - Throws: `MediaError`, `AudioError`, `ModelError`.
    init(
        _ source: AudioSource, format: AudioFormat, isDualMono: Bool, speech: SpeechTrack?, progress: (Double) -> Void
    ) throws {
        var meter = try ProgrammeMeter(format, isDualMono: isDualMono, detail: .profile)
        meter.expect(source.seconds)
        try source.decode(to: format, progress: progress) { frame in
            try meter.process(frame.planes)
            try speech?.push(frame)
        }
        frames = meter.frames
        let result = try meter.finish()
        loudness = result.measurement
        let (energies, seconds) = result.profile.energies(stepSeconds: 0.1)
        let curve = try speech?.finish()
        levels = ProgrammeLevels(
            stepSeconds: seconds, energies: energies, speech: curve?.resampled(stepSeconds: seconds, count: energies.count))
    }
}

extension LoudnessProfile {
    /// The energies in longer steps.
    /// - Parameter stepSeconds: about how long, at least a millisecond.
    /// - Returns: mean squares, and how long a step is in fact: a whole number of blocks.
    func energies(stepSeconds: Double) -> (energies: [Double], stepSeconds: Double) {
        let blocks = max(1, Int((stepSeconds * Double(sampleRate) / Double(blockFrames)).rounded()))
        let energies = stride(from: 0, to: count, by: blocks).map { first -> Double in
            let range = first..<min(count, first + blocks)
            return range.reduce(0) { $0 + energy($1) } / Double(range.count)
        }
        return (energies, Double(blocks * blockFrames) / Double(sampleRate))
    }
}
