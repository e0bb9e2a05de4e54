import Glibc
import Inference
import Media

/// GTCRN (Rong et al., "GTCRN: a speech enhancement model requiring ultralow computational resources", ICASSP 2024) at 16 kHz,
/// frame by frame.
final class GTCRNFilter: NoiseFilter {
    private static let frameLength = 512
    private static let bins = frameLength / 2 + 1
    let blockLength = 256
    var delay: Int { Self.frameLength - blockLength }

    private let model: Model
    private let transform: RealTransform
    private let window: [Float]
    /// What part of the unfiltered sound stays, from the attenuation limit.
    private let kept: Float
    private var history = [Float](repeating: 0, count: frameLength)
    private var overlap = [Float](repeating: 0, count: frameLength)
    private let frame: Tensor
    private var caches: [String: Tensor]

    /// - Parameter attenuation: the most that is taken away, dB; from 100 on there is no limit.
    /// - Throws: `AudioError.modelBroken`, `ModelError`, `MediaError`.
    init(_ installed: InstalledModel, options: ModelOptions, attenuation: Double) throws {
        model = try installed.network("model", options: options)
        let frameShape = [1, Self.bins, 1, 2]
        transform = try RealTransform(length: Self.frameLength)
        window = (0..<Self.frameLength).map { sqrtf(0.5 - 0.5 * cosf(2 * .pi * Float($0) / Float(Self.frameLength))) }
        kept = attenuation >= 100 ? 0 : Float(pow(10, -attenuation / 20))
        guard model.inputs.first(where: { $0.name == "mix" })?.shape == frameShape,
            model.outputs.first(where: { $0.name == "enh" })?.shape == frameShape,
            model.inputs.allSatisfy({ port in port.elementType == .float && port.shape.allSatisfy { $0 > 0 } })
        else { throw installed.damaged("its network does not clean frames of \(Self.bins) bins") }
        frame = try Tensor(Float.self, shape: frameShape)
        caches = [:]
        for port in model.inputs where port.name != "mix" {
            caches[port.name] = try Tensor([Float](repeating: 0, count: port.shape.reduce(1, *)), shape: port.shape)
        }
    }

    func process(_ input: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Float>) throws {
        let (length, hop) = (Self.frameLength, blockLength)
        history.removeFirst(hop)
        history.append(contentsOf: UnsafeBufferPointer(start: input, count: hop))
        for index in 0..<length { transform.samples[index] = history[index] * window[index] }
        transform.forward()
        try frame.withElements(as: Float.self) { elements in
            for bin in 0..<Self.bins {
                elements[2 * bin] = transform.spectrum[bin].x
                elements[2 * bin + 1] = transform.spectrum[bin].y
            }
        }
        let mixed = Array(transform.spectrum)
        let names = ["enh"] + caches.keys.map { $0 + "_out" }
        let results = try model.run(caches.merging(["mix": frame]) { $1 }, outputs: names)
        for (name, tensor) in zip(names.dropFirst(), results.dropFirst()) { caches[String(name.dropLast(4))] = tensor }
        try results[0].withElements(as: Float.self) { elements in
            for bin in 0..<Self.bins {
                let clean = SIMD2(elements[2 * bin], elements[2 * bin + 1])
                transform.spectrum[bin] = clean + (mixed[bin] - clean) * kept
            }
        }
        transform.inverse()
        for index in 0..<length { overlap[index] += transform.samples[index] * window[index] }
        for index in 0..<hop { output[index] = overlap[index] }
        overlap.removeFirst(hop)
        overlap.append(contentsOf: repeatElement(0, count: hop))
    }
}
