import Inference

/// The two networks of a Whisper model, in the form that sherpa-onnx exports: an encoder from the spectrogram to the keys and
/// values that every decoder layer attends to, and a decoder that takes tokens after those it has seen.
final class WhisperNetwork: Sendable {
    /// A stretch of audio as the decoder attends to it.
    struct Audio {
        let keys: Tensor
        let values: Tensor
        /// How many positions of 20 ms there are.
        let positions: Int
        /// Whether it is the 30 s that the model was trained on.
        var isInFull: Bool { positions * 2 == LogMelSpectrogram.longest }
    }

    /// What the decoder has seen. Steps leave it as it is and give a new one, so that several continuations can start from it.
    struct Memory {
        let keys: Tensor
        let values: Tensor
        /// Tokens seen.
        let length: Int
        /// Transcripts side by side.
        let rows: Int
    }

    /// What a step gives.
    struct Step {
        /// [rows, tokens, vocabulary]
        let scores: Tensor
        /// [rows, heads, tokens, positions]: where the alignment heads looked; nil when the model does not tell.
        let attention: Tensor?
        let memory: Memory
    }

    let tokens: SpecialTokens
    /// Mel bands that the encoder takes.
    let bands: Int
    /// The most tokens that the decoder sees at once.
    let context: Int
    /// Half of the context is for what came before, half for the transcript (openai/whisper `decoding.py`).
    var longestPrompt: Int { context / 2 - 1 }
    private let encoder: Model
    private let decoder: Model
    private let encoderInput: String
    private let cacheShape: [Int]
    private let tellsAttention: Bool

    private static let caches = ["in_n_layer_self_k_cache", "in_n_layer_self_v_cache"]
    private static let attentionOutput = "cross_attention_weights"

    /// - Throws: `ModelError`; `SpeechError.modelUnusable` when the files are other networks.
    init(files: WhisperFiles, threads: Int) throws {
        encoder = try Model(path: files.encoder, options: ModelOptions(threads: threads))
        decoder = try Model(path: files.decoder, options: ModelOptions(threads: threads, keepsMemory: true))
        tokens = try SpecialTokens(metadata: encoder.metadata)
        guard encoder.inputs.count == 1, encoder.inputs[0].shape.count == 3, encoder.outputs.count == 2 else {
            throw SpeechError.modelUnusable("its encoder is not that of a Whisper model")
        }
        encoderInput = encoder.inputs[0].name
        bands = encoder.metadata["n_mels"].flatMap(Int.init) ?? 80
        context = encoder.metadata["n_text_ctx"].flatMap(Int.init) ?? 448
        guard decoder.inputs.count == 6, decoder.outputs.count >= 3,
            let cache = decoder.inputs.first(where: { $0.name == Self.caches[0] }), cache.shape.count == 4
        else { throw SpeechError.modelUnusable("its decoder is not that of a Whisper model") }
        cacheShape = cache.shape
        tellsAttention = decoder.outputs.contains { $0.name == Self.attentionOutput }
    }

    /// - Parameters:
    ///   - spectrogram: [bands, columns]
    ///   - columns: columns of 10 ms, even, at most 3000.
    func encode(_ spectrogram: inout [Float], columns: Int) throws(ModelError) -> Audio {
        let shape = [1, bands, columns]
        let outputs = try spectrogram.withUnsafeMutableBufferPointer { memory throws(ModelError) in
            try encoder.run([encoderInput: Tensor(borrowing: memory, shape: shape)])
        }
        return Audio(keys: outputs[0], values: outputs[1], positions: columns / 2)
    }

    /// Nothing seen yet.
    /// - Parameter rows: transcripts side by side.
    func emptyMemory(rows: Int = 1) throws(ModelError) -> Memory {
        // A cache of fixed length is handed round as a whole; one that grows begins empty.
        let shape = [cacheShape[0], rows, max(0, cacheShape[2]), cacheShape[3]]
        let (keys, values) = (try Tensor(Float.self, shape: shape), try Tensor(Float.self, shape: shape))
        for tensor in [keys, values] { try tensor.withElements(as: Float.self) { $0.update(repeating: 0) } }
        return Memory(keys: keys, values: values, length: 0, rows: rows)
    }

    /// Shows the decoder the next tokens.
    /// - Parameters:
    ///   - next: as many tokens for every row, row after row.
    func step(_ next: [Int], after memory: Memory, hearing audio: Audio) throws(ModelError) -> Step {
        let count = next.count / memory.rows
        let inputs = [
            "tokens": try Tensor(next.map(Int64.init), shape: [memory.rows, count]),
            Self.caches[0]: memory.keys, Self.caches[1]: memory.values,
            "n_layer_cross_k": audio.keys, "n_layer_cross_v": audio.values,
            "offset": try Tensor([Int64(memory.length)], shape: [1]),
        ]
        let outputs = try decoder.run(inputs)
        return Step(
            scores: outputs[0], attention: tellsAttention ? outputs[3] : nil,
            memory: Memory(keys: outputs[1], values: outputs[2], length: memory.length + count, rows: memory.rows))
    }
}
