import Glibc
import Media

/// Splits audio into stems by masks on its short-time spectrum, in chunks, so that hours need no more memory than seconds.
///
/// Each chunk of frames is masked as a whole; its first and last frames only give the masks their context and are left to the
/// neighbouring chunks. The last stem is the mix without the others, so the stems always sum to the mix, sample by sample.
final class SpectralSplitter: StemSplitter {
    /// Frames of one chunk, the network's own length.
    static let chunkFrames = 512
    /// Frames at either end of a chunk that serve as context alone.
    static let context = 8
    static let frameLength = 4096
    static let hop = 1024
    static let bins = frameLength / 2 + 1
    private static let kept = chunkFrames - 2 * context
    /// Sum of the squared periodic Hann windows that overlap at each sample.
    private static let overlapGain: Float = 1.5

    /// The spectrum of a chunk.
    struct Chunk {
        let channels: Int
        /// By channel, then frame, then bin.
        let spectra: [[SIMD2<Float>]]
    }

    /// Gives the masks of all stems but the last: by stem, then channel, each from 0 to 1 by frame and bin.
    typealias Masks = (Chunk) throws -> [[[Float]]]

    private let channels: Int
    private let stems: Int
    private let masks: Masks
    private let transform: RealTransform
    private let window: [Float]
    /// Padded input from the present chunk's first sample on.
    private var input: [[Float]]
    /// What of each stem is not complete yet, by stem and channel.
    private var tails: [[[Float]]]
    private var isFirst = true
    /// Samples of each channel that have come in and gone out.
    private var (taken, given) = (0, 0)

    /// - Parameters:
    ///   - stems: with the last one, which is the rest.
    ///   - masks: called with each chunk.
    /// - Throws: `MediaError.outOfMemory`.
    init(channels: Int, stems: Int, masks: @escaping Masks) throws(MediaError) {
        (self.channels, self.stems, self.masks) = (channels, stems, masks)
        transform = try RealTransform(length: Self.frameLength)
        window = (0..<Self.frameLength).map { 0.5 - 0.5 * cosf(2 * .pi * Float($0) / Float(Self.frameLength)) }
        // So much silence in front that the first sample lies under a full set of windows after the first chunk's context.
        input = Array(repeating: Array(repeating: 0, count: Self.lead), count: channels)
        tails = Array(
            repeating: Array(repeating: Array(repeating: 0, count: Self.frameLength - Self.hop), count: channels), count: stems - 1)
    }

    private static let lead = context * hop + frameLength - hop
    private static let chunkSamples = (chunkFrames - 1) * hop + frameLength

    /// Takes some audio; `emit` gets what has become complete, by stem and channel.
    func push(_ planes: [UnsafeBufferPointer<Float>], _ emit: ([[[Float]]]) throws -> Void) throws {
        for channel in 0..<channels { input[channel] += planes[channel] }
        taken += planes.first?.count ?? 0
        while input[0].count >= Self.chunkSamples { try emit(try nextChunk()) }
    }

    /// Gives the rest: as many samples have then come out as went in.
    func finish(_ emit: ([[[Float]]]) throws -> Void) throws {
        while given < taken {
            let missing = max(0, Self.chunkSamples - input[0].count)
            for channel in 0..<channels { input[channel] += repeatElement(0, count: missing) }
            try emit(try nextChunk())
        }
    }

    private func nextChunk() throws -> [[[Float]]] {
        let chunk = Chunk(channels: channels, spectra: (0..<channels).map(analyse))
        let masks = try masks(chunk)
        var output = (0..<stems - 1).map { stem in
            (0..<channels).map { synthesise(chunk.spectra[$0], masks[stem][$0], &tails[stem][$0]) }
        }
        // The stretch of the mix that belongs to the output.
        let start = Self.context * Self.hop
        var rest = (0..<channels).map { Array(input[$0][start..<start + Self.kept * Self.hop]) }
        for stem in output {
            for channel in 0..<channels {
                for index in rest[channel].indices { rest[channel][index] -= stem[channel][index] }
            }
        }
        output.append(rest)
        for channel in 0..<channels { input[channel].removeFirst(Self.kept * Self.hop) }
        // What lies before the first sample and after the last is padding.
        let skipped = isFirst ? Self.frameLength - Self.hop : 0
        isFirst = false
        let count = min(Self.kept * Self.hop - skipped, taken - given)
        given += count
        return output.map { $0.map { Array($0[skipped..<skipped + count]) } }
    }

    private func analyse(_ channel: Int) -> [SIMD2<Float>] {
        var spectrum = [SIMD2<Float>](repeating: .zero, count: Self.chunkFrames * Self.bins)
        input[channel].withUnsafeBufferPointer { samples in
            for frame in 0..<Self.chunkFrames {
                let start = frame * Self.hop
                for index in 0..<Self.frameLength { transform.samples[index] = samples[start + index] * window[index] }
                transform.forward()
                for bin in 0..<Self.bins { spectrum[frame * Self.bins + bin] = transform.spectrum[bin] }
            }
        }
        return spectrum
    }

    /// Overlaps and adds the masked frames.
    private func synthesise(_ spectrum: [SIMD2<Float>], _ mask: [Float], _ tail: inout [Float]) -> [Float] {
        var output = tail + [Float](repeating: 0, count: Self.kept * Self.hop)
        let gain = 1 / Self.overlapGain
        for frame in 0..<Self.kept {
            let first = (frame + Self.context) * Self.bins
            for bin in 0..<Self.bins { transform.spectrum[bin] = spectrum[first + bin] * mask[first + bin] }
            transform.inverse()
            let start = frame * Self.hop
            output.withUnsafeMutableBufferPointer { output in
                for index in 0..<Self.frameLength { output[start + index] += transform.samples[index] * window[index] * gain }
            }
        }
        tail = Array(output[(Self.kept * Self.hop)...])
        output.removeLast(Self.frameLength - Self.hop)
        return output
    }
}
