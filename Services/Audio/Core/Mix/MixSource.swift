import AudioEdit
import Jobs
import Media

/// The mix of several files.
final class MixSource: SoundSource {
    private let inputs: [JobContext.Input]
    private let sources: [AudioSource]
    private let tracks: [MixTrack]
    private let ducking: Ducking
    private let length: MixLength
    /// Frames of each input by its own rate; counted once.
    private var counted: [Int]?
    /// Seconds in which tracks were lowered, after a decode.
    private(set) var duckedSeconds = 0.0

    /// - Parameter tracks: one for each input.
    /// - Throws: `MediaError`.
    init(
        _ inputs: [JobContext.Input], tracks: [MixTrack], ducking: Ducking, length: MixLength
    ) throws(MediaError) {
        self.inputs = inputs
        (self.tracks, self.ducking, self.length) = (tracks, ducking, length)
        var sources: [AudioSource] = []
        for input in inputs { sources.append(try AudioSource(input)) }
        self.sources = sources
    }

    /// Only decoding tells where the tracks end.
    var seconds: Double? { nil }

    /// The first input's traits with the highest sample rate of all, in one or two channels.
    var traits: SoundTraits {
        let isStereo = sources.contains { $0.format.channels > 1 } || tracks.contains { $0.pan != 0 }
        var traits = SoundTraits(
            sampleRate: sources.map(\.format.sampleRate).max() ?? 48_000, channels: isStereo ? 2 : 1)
        if let first = sources.first { (traits.codec, traits.bitDepth) = (first.stream.codec, first.stream.bitDepth) }
        return traits
    }

    func decode(to target: AudioFormat, progress: (Double) -> Void, _ body: (AudioFrame) throws -> Void) throws {
        let counts = try counts { progress(0.2 * $0) }
        let rate = target.sampleRate
        let lengths = zip(counts, sources).map { count, source in
            Int((Double(count) * Double(rate) / Double(source.format.sampleRate)).rounded(.up))
        }
        let frames = length.frames(tracks, lengths: lengths, sampleRate: rate)
        let readers = try zip(inputs, sources).map { input, source in
            try TrackReader(input, sampleRate: rate, channels: min(source.format.channels, target.channels))
        }
        let mixer = Mixer(
            zip(tracks, readers).map { ($0, $1) }, lengths: lengths, outputs: target.channels, sampleRate: rate, frames: frames,
            ducking: ducking)
        try mixer.run(progress: { progress(0.2 + 0.8 * $0) }) { planes in
            let frame = AudioFrame(target, frameCount: planes[0].count)
            for (channel, plane) in planes.enumerated() { _ = frame.channel(channel).update(from: plane) }
            try body(frame)
        }
        duckedSeconds = mixer.duckedSeconds
    }

    /// How many frames each input has: fades at the end need to know, and headers only guess.
    private func counts(progress: (Double) -> Void) throws -> [Int] {
        if let counted { return counted }
        var counts: [Int] = []
        for (index, source) in sources.enumerated() {
            var count = 0
            try source.decode(progress: { progress((Double(index) + $0) / Double(sources.count)) }) { count += $0.frameCount }
            counts.append(count)
        }
        counted = counts
        return counts
    }
}
