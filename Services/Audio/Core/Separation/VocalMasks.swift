import Inference
import Media
import Primitives

/// Finds the vocals in a chunk of a stereo spectrum with Spleeter's two networks (Hennequin et al., JOSS 2020): each estimates the
/// magnitude of one stem, and the vocals get their share of the power, as a Wiener filter would give it.
struct VocalMasks {
    /// Bins that the networks know: up to 11 kHz at 44.1 kHz.
    private static let networkBins = 1024
    /// Keeps silence from being divided by nothing.
    private static let floor: Float = 1e-10

    private let vocals: Model
    private let accompaniment: Model

    /// - Throws: `AudioError.modelBroken`, `ModelError`.
    init(_ model: InstalledModel, options: ModelOptions) throws {
        vocals = try Model(path: try model.file("vocals"), options: options)
        accompaniment = try Model(path: try model.file("accompaniment"), options: options)
    }

    /// - Parameter chunk: two channels.
    /// - Returns: the masks of the vocals by channel, from 0 to 1 by frame and bin.
    func callAsFunction(_ chunk: SpectralSplitter.Chunk) throws -> [[Float]] {
        let (frames, bins, known) = (SpectralSplitter.chunkFrames, SpectralSplitter.bins, Self.networkBins)
        let input = try Tensor(Float.self, shape: [2, 1, frames, known])
        try input.withElements(as: Float.self) { elements in
            for channel in 0..<2 {
                for frame in 0..<frames {
                    for bin in 0..<known {
                        let value = chunk.spectra[channel][frame * bins + bin]
                        elements[(channel * frames + frame) * known + bin] = (value * value).sum().squareRoot()
                    }
                }
            }
        }
        let voice: [Float] = try vocals.run([vocals.inputs[0].name: input])[0].elements()
        let rest: [Float] = try accompaniment.run([accompaniment.inputs[0].name: input])[0].elements()
        return (0..<2).map { channel in
            // Above what the networks know there is no voice to speak of.
            var mask = [Float](repeating: 0, count: frames * bins)
            for frame in 0..<frames {
                for bin in 0..<known {
                    let place = (channel * frames + frame) * known + bin
                    let (power, other) = (voice[place] * voice[place], rest[place] * rest[place])
                    mask[frame * bins + bin] = (power + Self.floor / 2) / (power + other + Self.floor)
                }
            }
            return mask
        }
    }
}
