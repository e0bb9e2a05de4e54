import Glibc
import Inference

/// Follows one transcript token by token.
struct WhisperDecoder {
    private let network: WhisperNetwork
    private let audio: WhisperNetwork.Audio
    private let rules: TokenRules
    private let start: WhisperNetwork.Step
    private let noSpeech: Double
    private let collectsAttention: Bool
    private let limit: Int

    /// Shows the decoder the prompt and the start sequence.
    /// - Parameters:
    ///   - audio: what the encoder made of the window.
    ///   - duration: the length of the window in seconds.
    ///   - prompt: tokens of the text before; the last 223 are used.
    ///   - sequence: the start sequence: start, language, task.
    ///   - collectsAttention: whether the transcript shall tell where the decoder looked.
    init(
        network: WhisperNetwork, audio: WhisperNetwork.Audio, duration: Double, prompt: [Int], sequence: [Int],
        collectsAttention: Bool
    ) throws(ModelError) {
        (self.network, self.audio, self.collectsAttention) = (network, audio, collectsAttention)
        rules = TokenRules(tokens: network.tokens, duration: duration)
        // Half of the context is for what came before, half for the transcript (openai/whisper `decoding.py`).
        let before = prompt.isEmpty ? [] : [network.tokens.startOfPrevious] + prompt.suffix(network.context / 2 - 1)
        limit = network.context / 2
        start = try network.step(before + sequence, after: network.emptyMemory(), hearing: audio)
        noSpeech = try Self.probability(of: network.tokens.noSpeech, in: start.scores, at: before.count)
    }

    /// The transcript at one temperature.
    /// - Parameter seed: equal seeds give equal transcripts.
    func transcript(temperature: Float, seed: UInt64) throws(ModelError) -> Transcript {
        var transcript = Transcript(noSpeech: noSpeech, temperature: temperature)
        var sampler = TokenSampler(temperature: temperature, seed: seed)
        var step = start
        while true {
            if collectsAttention, let attention = step.attention { try transcript.attention.append(attention) }
            let next = try step.scores.withElements(as: Float.self) { all in
                let scores = UnsafeMutableBufferPointer(rebasing: all.suffix(step.scores.shape[2]))
                rules.apply(to: scores, after: transcript.tokens[...])
                return sampler.next(UnsafeBufferPointer(scores))
            }
            if next.token == network.tokens.endOfText {
                transcript.endLogProbability = next.logProbability
                break
            }
            transcript.tokens.append(next.token)
            transcript.logProbabilities.append(next.logProbability)
            guard transcript.tokens.count < limit else { break }
            step = try network.step([next.token], after: step.memory, hearing: audio)
        }
        return transcript
    }

    /// The probability of a token at one place of the first row.
    private static func probability(of token: Int, in scores: Tensor, at place: Int) throws(ModelError) -> Double {
        try scores.withElements(as: Float.self) { all in
            let size = scores.shape[2]
            let row = UnsafeBufferPointer(rebasing: all[place * size..<(place + 1) * size])
            return Double(expf(row[token] - Logits.logSumExp(row, highest: Logits.highest(row).value)))
        }
    }
}
