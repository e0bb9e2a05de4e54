import AudioText
import Inference
import Media

/// Tells who speaks when: pyannote's segmentation network (Plaquet and Bredin, Interspeech 2023) hears up to three voices in ten
/// seconds, CAM++ (Wang et al., Interspeech 2023) tells voices apart, and clustering finds the same voice again.
final class SpeakerDiarizer {
    private static let rate = 16_000
    private static let windowLength = 160_000
    /// Windows follow each other by five seconds; each decides about its middle.
    private static let step = 80_000
    private static let frameShift = 270
    /// The network's seven classes as sets of its three voices.
    private static let powerset: [Set<Int>] = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2]]
    /// Seconds of a voice alone that an embedding needs, and the most it gets.
    private static let (shortest, longest) = (0.6, 6.0)
    private static let threshold = 0.38
    /// Pauses inside a turn, and turns too short to mean anything, in seconds.
    private static let (bridged, dropped) = (0.5, 0.2)

    /// A voice of one window: what it said of its middle, and how it sounds.
    private struct Voice {
        var turns: [TimeRange]
        var embedding: [Float]?
        var seconds: Double
    }

    private let segmentation: Model
    private let embedding: Model
    private let filterBank: FilterBank
    private var samples: [Float] = []
    /// The place of `samples`' first in the recording.
    private var offset = 0
    private var voices: [Voice] = []

    /// The models that it needs.
    /// - Throws: `AudioError.modelMissing`.
    static func models(_ registry: ModelRegistry) throws(AudioError) -> (segmentation: InstalledModel, embedding: InstalledModel) {
        (
            try registry.model(for: .segmentSpeakers, fallback: "pyannote-segmentation-3"),
            try registry.model(for: .embedSpeakers, fallback: "campplus")
        )
    }

    /// - Throws: `AudioError.modelBroken`, `ModelError`, `MediaError`.
    init(segmentation: InstalledModel, embedding: InstalledModel, options: ModelOptions) throws {
        self.segmentation = try segmentation.network("model", options: options)
        self.embedding = try embedding.network("model", options: options)
        filterBank = try FilterBank()
    }

    /// Takes 16 kHz mono samples.
    func push(_ more: UnsafeBufferPointer<Float>) throws {
        samples += more
        while samples.count >= Self.windowLength {
            try hear(Array(samples[..<Self.windowLength]), isLast: false)
            samples.removeFirst(Self.step)
            offset += Self.step
        }
    }

    /// - Parameter count: how many people speak; `nil` when that is not known.
    /// - Returns: who speaks when, in the order of the starts.
    func finish(count: Int?) throws -> [SpeakerTurn] {
        let missing = Self.windowLength - samples.count
        if missing < Self.windowLength { try hear(samples + [Float](repeating: 0, count: max(0, missing)), isLast: true) }
        let known = voices.filter { $0.embedding != nil }
        let clusters = SpeakerClusters(
            known.compactMap(\.embedding), weights: known.map(\.seconds), count: count, threshold: Self.threshold)
        var ranges: [Int: [TimeRange]] = [:]
        for (voice, label) in zip(known, clusters.labels) { ranges[label, default: []] += voice.turns }
        return ranges.flatMap { label, ranges in
            Self.merged(ranges).map { SpeakerTurn(start: $0.start, end: $0.end, speaker: "Speaker \(label + 1)") }
        }.sorted { $0.start < $1.start }
    }

    private func hear(_ window: [Float], isLast: Bool) throws {
        let outputs = try segmentation.run([segmentation.inputs[0].name: try Tensor(window, shape: [1, 1, window.count])])
        let scores: [Float] = try outputs[0].elements()
        let classes = Self.powerset.count
        let frames = scores.count / classes
        let active = (0..<frames).map { frame in
            Self.powerset[(0..<classes).max { scores[frame * classes + $0] < scores[frame * classes + $1] } ?? 0]
        }
        // The middle, and at the ends of the recording what no other window decides about.
        let seconds = Double(Self.windowLength) / Double(Self.rate)
        let quarter = seconds / 4
        let middle = (offset == 0 ? 0 : quarter)...(isLast ? seconds : seconds - quarter)
        for voice in 0..<3 {
            var (alone, turns) = ([Float](), [TimeRange]())
            for (frame, present) in active.enumerated() where present.contains(voice) {
                let start = frame * Self.frameShift
                let time = Double(start) / Double(Self.rate)
                if present.count == 1, alone.count < Int(Self.longest * Double(Self.rate)) {
                    alone += window[start..<min(window.count, start + Self.frameShift)]
                }
                guard middle.contains(time) else { continue }
                let began = time + Double(offset) / Double(Self.rate)
                let ended = began + Double(Self.frameShift) / Double(Self.rate)
                if let last = turns.last, began - last.end < 0.01 {
                    turns[turns.count - 1].end = ended
                } else {
                    turns.append(TimeRange(start: began, end: ended))
                }
            }
            guard !turns.isEmpty else { continue }
            voices.append(Voice(turns: turns, embedding: try embed(alone), seconds: Double(alone.count) / Double(Self.rate)))
        }
    }

    private func embed(_ samples: [Float]) throws -> [Float]? {
        guard Double(samples.count) >= Self.shortest * Double(Self.rate) else { return nil }
        let features = filterBank.features(of: samples)
        let input = try Tensor(features, shape: [1, features.count / FilterBank.bands, FilterBank.bands])
        let vector: [Float] = try embedding.run([embedding.inputs[0].name: input])[0].elements()
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 && length.isFinite ? vector.map { $0 / length } : nil
    }

    private static func merged(_ ranges: [TimeRange]) -> [TimeRange] {
        var merged: [TimeRange] = []
        for range in ranges.sorted(by: { $0.start < $1.start }) {
            if let last = merged.last, range.start - last.end < bridged {
                merged[merged.count - 1].end = max(last.end, range.end)
            } else {
                merged.append(range)
            }
        }
        return merged.filter { $0.duration >= dropped }
    }
}
