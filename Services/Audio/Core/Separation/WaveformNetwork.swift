import Inference

/// A network from waveform to waveforms: Demucs and its kin, with the transforms inside (Rouard et al., "Hybrid transformers for
/// music source separation", ICASSP 2023).
struct WaveformNetwork: StemNetwork {
    /// As the published networks give them.
    private static let published = ["drums", "bass", "other", "vocals"]
    /// Of the published networks: 7.8 s at 44.1 kHz.
    private static let publishedSegment = 343_980

    let segment: Int
    let stems: [String]
    private let network: Model
    private let name: String

    /// - Parameter model: of the engine `htdemucs`: one file, [1, 2, samples] to [1, stems, 2, samples].
    /// - Throws: `AudioError.modelBroken`, `ModelError`.
    init(_ model: InstalledModel, options: ModelOptions) throws {
        network = try model.network("model", options: options)
        (name, stems) = (model.name, model.stems(fallback: Self.published))
        let shape = network.inputs.first?.shape ?? []
        guard network.inputs.count == 1, shape.count == 3, shape[1] == 2 || shape[1] == -1 else {
            throw model.damaged("it does not take one stereo waveform [1, 2, samples]")
        }
        segment = shape[2] > 0 ? shape[2] : Int(model.number("segment") ?? Double(Self.publishedSegment))
        guard segment >= 1024 else { throw model.damaged("its stretches of \(segment) samples are too short") }
    }

    func callAsFunction(_ planes: [ArraySlice<Float>]) throws -> [[[Float]]] {
        let input = try Tensor(Array(planes.joined()), shape: [1, 2, segment])
        let output = try network.run([network.inputs[0].name: input], outputs: [network.outputs[0].name])[0]
        guard output.shape == [1, stems.count, 2, segment] else {
            throw AudioError.modelBroken(name, "it gives \(output.shape) and not [1, \(stems.count), 2, \(segment)]")
        }
        let samples: [Float] = try output.elements()
        return stems.indices.map { stem in
            (0..<2).map { channel in Array(samples[((stem * 2 + channel) * segment)...].prefix(segment)) }
        }
    }
}
