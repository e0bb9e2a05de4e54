import Inference

/// Tells speech from everything else: Silero VAD (Silero Team, 2021), a small recurrent network at 16 kHz.
final class VoiceActivity {
    static let sampleRate = 16_000
    /// Samples that are judged at once: 32 ms.
    static let blockLength = 512
    /// Samples of the block before that the network sees again.
    private static let contextLength = 64
    private static let stateShape = [2, 1, 128]

    private let model: Model
    private let input: Tensor
    private let rate: Tensor
    private var state: Tensor
    private var context = [Float](repeating: 0, count: contextLength)

    /// - Throws: `AudioError.modelBroken`, `ModelError`.
    init(_ installed: InstalledModel, options: ModelOptions) throws {
        model = try installed.network("model", options: options)
        input = try Tensor(Float.self, shape: [1, Self.contextLength + Self.blockLength])
        rate = try Tensor([Int64(Self.sampleRate)], shape: [])
        state = try Tensor([Float](repeating: 0, count: Self.stateShape.reduce(1, *)), shape: Self.stateShape)
    }

    /// - Parameter block: `blockLength` samples, following those before.
    /// - Returns: the probability of speech, from 0 to 1.
    func probability(_ block: UnsafeBufferPointer<Float>) throws(ModelError) -> Float {
        try input.withElements(as: Float.self) { elements in
            for index in 0..<Self.contextLength { elements[index] = context[index] }
            for index in 0..<Self.blockLength { elements[Self.contextLength + index] = block[index] }
        }
        context = Array(block.suffix(Self.contextLength))
        let outputs = try model.run(["input": input, "state": state, "sr": rate], outputs: ["output", "stateN"])
        state = outputs[1]
        return try outputs[0].withElements(as: Float.self) { $0[0] }
    }
}
