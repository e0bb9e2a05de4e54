import Media

/// Vocals and accompaniment from one splitter, the accompaniment split further into drums, bass and other by signal processing.
final class AccompanimentSplitter: StemSplitter {
    private let voices: any StemSplitter
    private let music: SpectralSplitter
    /// Vocals whose accompaniment is not split yet, by channel.
    private var waiting: [[Float]] = [[], []]

    /// - Parameters:
    ///   - voices: gives two stems in stereo.
    ///   - sampleRate: Hz.
    /// - Throws: `MediaError.outOfMemory`.
    init(_ voices: any StemSplitter, sampleRate: Double) throws(MediaError) {
        self.voices = voices
        music = try SpectralSplitter(channels: 2, stems: 3) { chunk in
            var masks: [[[Float]]] = [[], []]
            for spectrum in chunk.spectra {
                let magnitudes = spectrum.map { ($0 * $0).sum().squareRoot() }
                let split = HarmonicPercussiveMasks(magnitudes, bins: SpectralSplitter.bins, sampleRate: sampleRate)
                masks[0].append(split.drums)
                masks[1].append(split.bass)
            }
            return masks
        }
    }

    func push(_ planes: [UnsafeBufferPointer<Float>], _ emit: ([[[Float]]]) throws -> Void) throws {
        try voices.push(planes) { try split($0, emit) }
    }

    func finish(_ emit: ([[[Float]]]) throws -> Void) throws {
        try voices.finish { try split($0, emit) }
        try music.finish { try join($0, emit) }
    }

    private func split(_ stems: [[[Float]]], _ emit: ([[[Float]]]) throws -> Void) throws {
        for channel in 0..<2 { waiting[channel] += stems[0][channel] }
        try stems[1][0].withUnsafeBufferPointer { left in
            try stems[1][1].withUnsafeBufferPointer { right in
                try music.push([left, right]) { try join($0, emit) }
            }
        }
    }

    private func join(_ stems: [[[Float]]], _ emit: ([[[Float]]]) throws -> Void) throws {
        let count = stems[0][0].count
        let voice = waiting.map { Array($0[..<count]) }
        for channel in 0..<2 { waiting[channel].removeFirst(count) }
        try emit([voice] + stems)
    }
}
