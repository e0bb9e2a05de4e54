import Glibc
import Inference
import Media

/// A network from the spectrum of a mix to that of one stem, real and imaginary parts as channels: MDX-Net (Kim et al.,
/// "KUIELab-MDX-Net: a two-stream neural network for music demixing", ISMIR 2021 workshop).
final class SpectrogramNetwork: StemNetwork {
    let segment: Int
    let stems: [String]
    private let network: Model
    private let name: String
    /// Bins and frames that the network knows.
    private let (bins, frames): (Int, Int)
    private let hop: Int
    private let transform: RealTransform
    private let window: [Float]
    /// What the network's output falls short of, as its authors measured.
    private let gain: Float
    private var length: Int { transform.length }

    /// - Parameter model: of the engine `mdx`: one file, [1, 4, bins, frames] to the same.
    /// - Throws: `AudioError.modelBroken`, `ModelError`, `MediaError`.
    init(_ model: InstalledModel, options: ModelOptions) throws {
        network = try model.network("model", options: options)
        (name, stems) = (model.name, model.stems(fallback: ["vocals"]))
        let shape = network.inputs.first?.shape ?? []
        guard network.inputs.count == 1, shape.count == 4, shape[1] == 4, shape[2] > 0 else {
            throw model.damaged("it does not take one stereo spectrum [1, 4, bins, frames]")
        }
        bins = shape[2]
        frames = shape[3] > 0 ? shape[3] : Int(model.number("frames") ?? 256)
        hop = Int(model.number("hop") ?? 1024)
        gain = Float(model.number("compensate") ?? 1)
        let length = Int(model.number("window") ?? Double(2 * bins))
        guard stems.count == 1, frames > 1, hop > 0, length >= 2 * hop, length / 2 + 1 >= bins, hop * (frames - 1) > length else {
            throw model.damaged("its stems, window, hop and frames do not fit its \(bins) bins")
        }
        transform = try RealTransform(length: length)
        window = (0..<length).map { 0.5 - 0.5 * cosf(2 * .pi * Float($0) / Float(length)) }
        segment = hop * (frames - 1)
    }

    func callAsFunction(_ planes: [ArraySlice<Float>]) throws -> [[[Float]]] {
        let input = try Tensor(Float.self, shape: [1, 4, bins, frames])
        try input.withElements(as: Float.self) { elements in
            for (channel, plane) in planes.enumerated() { analyse(mirrored(plane), channel, into: elements) }
        }
        let output = try network.run([network.inputs[0].name: input], outputs: [network.outputs[0].name])[0]
        guard output.shape == [1, 4, bins, frames] else {
            throw AudioError.modelBroken(name, "it gives \(output.shape) and not [1, 4, \(bins), \(frames)]")
        }
        var stem: [[Float]] = []
        try output.withElements(as: Float.self) { elements in stem = (0..<2).map { synthesise($0, from: elements) } }
        return [stem]
    }

    /// A stretch with its ends mirrored, so that frames centred on them have samples.
    private func mirrored(_ plane: ArraySlice<Float>) -> [Float] {
        let half = length / 2
        let (first, last) = (plane.startIndex, plane.endIndex - 1)
        return plane[(first + 1)...(first + half)].reversed() + plane + plane[(last - half)..<last].reversed()
    }

    private func analyse(_ samples: [Float], _ channel: Int, into elements: UnsafeMutableBufferPointer<Float>) {
        for frame in 0..<frames {
            for index in 0..<length { transform.samples[index] = samples[frame * hop + index] * window[index] }
            transform.forward()
            for bin in 0..<bins {
                elements[(channel * 2 * bins + bin) * frames + frame] = transform.spectrum[bin].x
                elements[((channel * 2 + 1) * bins + bin) * frames + frame] = transform.spectrum[bin].y
            }
        }
    }

    /// Overlaps and adds the frames, and divides by the windows that lie over each sample.
    private func synthesise(_ channel: Int, from elements: UnsafeMutableBufferPointer<Float>) -> [Float] {
        let (half, total) = (length / 2, segment + length)
        var (sum, weight) = ([Float](repeating: 0, count: total), [Float](repeating: 0, count: total))
        for frame in 0..<frames {
            for bin in 0...half {
                transform.spectrum[bin] =
                    bin < bins
                    ? SIMD2(
                        elements[(channel * 2 * bins + bin) * frames + frame],
                        elements[((channel * 2 + 1) * bins + bin) * frames + frame]) : .zero
            }
            transform.inverse()
            for index in 0..<length {
                sum[frame * hop + index] += transform.samples[index] * window[index]
                weight[frame * hop + index] += window[index] * window[index]
            }
        }
        return (half..<half + segment).map { weight[$0] > 1e-8 ? sum[$0] / weight[$0] * gain : 0 }
    }
}
