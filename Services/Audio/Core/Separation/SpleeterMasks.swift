import Inference
import Media
import Primitives

/// Finds stems in a chunk of a stereo spectrum with Spleeter's networks (Hennequin et al., JOSS 2020): each estimates the magnitude of
/// one stem, and a stem gets its share of the power, as a Wiener filter would give it.
struct SpleeterMasks {
    /// Bins that the networks know: up to 11 kHz at 44.1 kHz.
    private static let networkBins = 1024
    /// Keeps silence from being divided by nothing.
    private static let floor: Float = 1e-10

    private let networks: [Model]
    /// How many of the stems are wanted, from the first.
    private let wanted: Int

    /// - Parameters:
    ///   - stems: all that the model has, each a file of its own; their powers make up the whole.
    ///   - wanted: how many masks to give, from the first.
    /// - Throws: `AudioError.modelBroken`, `ModelError`.
    init(_ model: InstalledModel, stems: [String], wanted: Int, options: ModelOptions) throws {
        networks = try stems.map { try model.network($0, options: options) }
        self.wanted = wanted
    }

    /// - Parameter chunk: two channels.
    /// - Returns: the masks by stem and channel, from 0 to 1 by frame and bin.
    func callAsFunction(_ chunk: SpectralSplitter.Chunk) throws -> [[[Float]]] {
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
        var estimates: [[Float]] = []
        for network in networks { estimates.append(try network.run([network.inputs[0].name: input])[0].elements()) }
        var total = [Float](repeating: Self.floor, count: input.count)
        for estimate in estimates {
            for place in total.indices { total[place] += estimate[place] * estimate[place] }
        }
        let share = Self.floor / Float(networks.count)
        return estimates.prefix(wanted).map { estimate in
            (0..<2).map { channel in
                // Above what the networks know there is nothing to speak of.
                var mask = [Float](repeating: 0, count: frames * bins)
                for frame in 0..<frames {
                    for bin in 0..<known {
                        let place = (channel * frames + frame) * known + bin
                        mask[frame * bins + bin] = (estimate[place] * estimate[place] + share) / total[place]
                    }
                }
                return mask
            }
        }
    }
}
