/// The byte-pair encodings of OpenAI's models that are counted exactly.
package enum Encoding: String, Sendable, CaseIterable {
    /// GPT-4o, GPT-4.1, GPT-5, the o series and gpt-oss, whose `o200k_harmony` has more special tokens but the same others.
    case o200k = "o200k_base"
    /// GPT-4, GPT-3.5 Turbo and the embedding models of the second and third generation.
    case cl100k = "cl100k_base"
    /// Codex and the later GPT-3 models.
    case p50k = "p50k_base"
    /// GPT-2 and the earlier GPT-3 models.
    case r50k = "r50k_base"

    /// The tokens that stand for no text, by number (tiktoken 0.14, `tiktoken_ext/openai_public.py`).
    package var specialTokens: [UInt32: String] {
        switch self {
        case .o200k: [199_999: "<|endoftext|>", 200_018: "<|endofprompt|>"]
        case .cl100k:
            [
                100_257: "<|endoftext|>", 100_258: "<|fim_prefix|>", 100_259: "<|fim_middle|>", 100_260: "<|fim_suffix|>",
                100_276: "<|endofprompt|>",
            ]
        case .p50k, .r50k: [50_256: "<|endoftext|>"]
        }
    }
}
