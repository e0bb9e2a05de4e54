import Media

/// The sum of two sounds, each with its own gain, as long as the longer of them.
final class SoundMix {
    static let format = AudioFormat.float(sampleRate: 48_000, channels: 2)

    private struct Part {
        let source: SampleSource
        let converter = AudioConverter(to: SoundMix.format)
        let gain: Float
        var waiting: [[Float]] = [[], []]
        var hasEnded = false

        /// Has at least so many samples waiting unless there are no more.
        mutating func load(_ count: Int) throws(MediaError) {
            while waiting[0].count < count, !hasEnded {
                let frame: AudioFrame?
                if let next = try source.next() {
                    frame = try converter.convert(next)
                } else {
                    hasEnded = true
                    frame = try converter.flush()
                }
                guard let frame else { continue }
                for channel in 0..<2 { waiting[channel] += frame.channel(channel) }
            }
        }
    }

    private static let block = 4096
    private var parts: [Part]

    /// - Parameter sources: with the factors of their samples.
    init(_ sources: [(source: SampleSource, gain: Double)]) {
        parts = sources.map { Part(source: $0.source, gain: Float($0.gain)) }
    }

    /// - Returns: the next samples; `nil` after the last.
    /// - Throws: `MediaError`.
    func next() throws(MediaError) -> AudioFrame? {
        for index in parts.indices { try parts[index].load(Self.block) }
        let count = min(Self.block, parts.map(\.waiting[0].count).max() ?? 0)
        guard count > 0 else { return nil }
        let frame = AudioFrame(Self.format, frameCount: count)
        for channel in 0..<2 {
            let sum = frame.channel(channel)
            for place in 0..<count { sum[place] = 0 }
            for index in parts.indices {
                let (gain, own) = (parts[index].gain, min(count, parts[index].waiting[channel].count))
                for place in 0..<own { sum[place] += parts[index].waiting[channel][place] * gain }
                parts[index].waiting[channel].removeFirst(own)
            }
            // What is too loud together is cut at full scale.
            for place in 0..<count { sum[place] = max(-1, min(1, sum[place])) }
        }
        return frame
    }
}
