import Glibc
package import Media

/// Marks silence, speech, music and noise in a recording as it streams by.
///
/// Every quarter of a second the sound of the two seconds around is judged; silence is told by level. The judgements are joined
/// to the likeliest course, and what is shorter than wanted is given to its neighbours.
package final class SegmentMarker {
    /// What can be said about the result.
    package struct Settings: Sendable, Hashable {
        /// Seconds that a segment lasts at least.
        package var shortest = 1.0
        /// What is under it is silence, dBFS.
        package var silence = -60.0

        package init() {}
    }

    /// Hz of the sound, one channel.
    package static let sampleRate = FrameAnalyzer.sampleRate
    /// Samples for each of which the probability of speech is told.
    package static let speechBlock = FrameAnalyzer.hop

    /// Frames of a step: 0.256 s.
    private static let step = 8
    /// How far a window may spread speech, seconds.
    private static let spread = 1.0
    /// The chance of a change from one step to the next: one in some tens of seconds.
    private static let change = 0.005

    private let settings: Settings
    private let analyzer: FrameAnalyzer
    private var frames: [FrameFeatures] = []
    private var speech: [Float] = []
    /// The number of the first frame that is kept.
    private var firstFrame = 0
    private var judged = 0
    private var samples = 0
    private var probabilities: [[Double]] = []
    /// The probability of speech in every block of the recording.
    private var heard: [Float] = []

    /// - Throws: `MediaError.outOfMemory`.
    package init(_ settings: Settings = Settings()) throws(MediaError) {
        self.settings = settings
        analyzer = try FrameAnalyzer()
    }

    /// Takes some sound.
    /// - Parameters:
    ///   - sound: 16 kHz, one channel.
    ///   - speech: the probability of speech in each whole block of `speechBlock` samples that this completes.
    /// - Throws: `EditError.notFinite`.
    package func process(_ sound: UnsafeBufferPointer<Float>, speech: [Float]) throws(EditError) {
        samples += sound.count
        self.speech += speech
        heard += speech
        try analyzer.process(sound) { frames.append($0) }
        judge(isLast: false)
    }

    /// Ends the recording.
    /// - Returns: segments from 0 to the end without gaps; none for a recording without a sample.
    /// - Throws: `EditError.notFinite`.
    package func finish() throws(EditError) -> [Segment] {
        guard samples > 0 else { return [] }
        // What is left at the end, or all of a short recording, is heard with silence behind it.
        let rest = [Float](repeating: 0, count: FrameAnalyzer.length)
        try rest.withUnsafeBufferPointer { (rest) throws(EditError) in try analyzer.process(rest) { frames.append($0) } }
        judge(isLast: true)
        let path = SegmentPath.likeliest(probabilities, change: Self.change)
        return segments(path)
    }

    private var total: Int { firstFrame + frames.count }

    private func judge(isLast: Bool) {
        let half = WindowFeatures.frames / 2
        let end = (samples + FrameAnalyzer.hop - 1) / FrameAnalyzer.hop
        while judged * Self.step < (isLast ? end : total - half - Self.step) {
            let centre = judged * Self.step + Self.step / 2
            // At the beginning and the end the window stays whole as far as the recording has as much.
            let start = max(firstFrame, min(centre - half, total - WindowFeatures.frames))
            let window = start..<max(start + 1, min(total, start + WindowFeatures.frames))
            let local = max(firstFrame, judged * Self.step)..<min(total, judged * Self.step + Self.step)
            probabilities.append(judgement(shifted(window), local: shifted(local)))
            judged += 1
        }
        let needless = judged * Self.step + Self.step / 2 - half - firstFrame
        guard needless > WindowFeatures.frames else { return }
        frames.removeFirst(needless)
        speech.removeFirst(min(needless, speech.count))
        firstFrame += needless
    }

    private func shifted(_ range: Range<Int>) -> Range<Int> {
        (range.lowerBound - firstFrame..<max(range.lowerBound, range.upperBound) - firstFrame).clamped(to: 0..<frames.count)
    }

    /// The probability of each kind in one step.
    private func judgement(_ window: Range<Int>, local: Range<Int>) -> [Double] {
        let energy = local.isEmpty ? 0 : frames[local].reduce(0) { $0 + $1.energy } / Float(local.count)
        let level = energy > 0 ? 10 * log10(Double(energy)) : -.infinity
        // Sure from 3 dB to either side of the threshold on.
        let silence = min(1, max(0, 0.5 - (level - settings.silence) / 6))
        guard silence < 1 else { return [1, 0, 0, 0] }
        let features = WindowFeatures(frames[window], speech: speech[window.clamped(to: 0..<speech.count)])
        let known = SegmentClassifier.probabilities(features) * (1 - silence)
        return [silence, known.x, known.y, known.z]
    }

    private func segments(_ path: [Int]) -> [Segment] {
        let seconds = Double(Self.step * FrameAnalyzer.hop) / Double(FrameAnalyzer.sampleRate)
        let duration = Double(samples) / Double(FrameAnalyzer.sampleRate)
        let runs = SegmentRuns.merged(path, shortest: Int((settings.shortest / seconds).rounded(.up)))
        var segments = runs.map { run in
            let count = Double(run.steps.count)
            let means = SegmentKind.allCases.indices.map { kind in
                run.steps.reduce(0) { $0 + probabilities[$1][kind] } / count
            }
            return Segment(
                start: Double(run.steps.lowerBound) * seconds, end: min(duration, Double(run.steps.upperBound) * seconds),
                kind: SegmentKind.allCases[run.kind], probabilities: means)
        }
        for index in segments.indices.dropFirst() {
            let edge = edge(between: segments[index - 1], and: segments[index])
            (segments[index - 1].end, segments[index].start) = (edge, edge)
        }
        return segments
    }

    /// Where one segment ends and the next begins: windows spread speech over what lies beside it, the detector knows better.
    private func edge(between before: Segment, and after: Segment) -> Double {
        let block = Double(Self.speechBlock) / Double(Self.sampleRate)
        let (edge, reach) = (Int(after.start / block), Int(Self.spread / block))
        if after.kind == .speech {
            let last = min(edge + reach, Int(after.end / block) - 1, heard.count - 1)
            guard edge <= last, let first = (edge...last).first(where: { heard[$0] >= 0.5 }) else { return after.start }
            return Double(first) * block
        }
        guard before.kind == .speech else { return after.start }
        let first = max(edge - reach, Int(before.start / block) + 1, 0)
        let behind = min(edge, heard.count)
        guard first < behind, let last = (first..<behind).last(where: { heard[$0] >= 0.5 }) else { return after.start }
        return Double(last + 1) * block
    }
}
