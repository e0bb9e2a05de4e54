import Glibc
import Inference

/// Decodes one stretch of audio, as often as wanted, after a prompt that is shown to the network once.
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
    ///   - prompt: tokens of the text before, at most the network's `longestPrompt`.
    ///   - sequence: the start sequence: start, language, task.
    ///   - collectsAttention: whether the transcript shall tell where the decoder looked.
    init(
        network: WhisperNetwork, audio: WhisperNetwork.Audio, duration: Double, prompt: [Int], sequence: [Int],
        collectsAttention: Bool
    ) throws(ModelError) {
        (self.network, self.audio, self.collectsAttention) = (network, audio, collectsAttention)
        rules = TokenRules(tokens: network.tokens, duration: duration)
        let before = prompt.isEmpty ? [] : [network.tokens.startOfPrevious] + prompt
        limit = min(network.context / 2, network.context - before.count - sequence.count)
        start = try network.step(before + sequence, after: network.emptyMemory(), hearing: audio)
        noSpeech = try Self.probability(of: network.tokens.noSpeech, in: start.scores, at: before.count)
    }

    /// A transcript drawn at a temperature.
    /// - Parameters:
    ///   - temperature: over 0.
    ///   - seed: equal seeds give equal transcripts.
    func sample(temperature: Float, seed: UInt64) throws(ModelError) -> Transcript {
        var sampler = TokenSampler(temperature: temperature, seed: seed)
        var (step, last): (_, Hypothesis?) = (start, nil)
        while true {
            let tokens = last?.path.map(\.token) ?? []
            let next = try withScores(of: step, row: 0, after: tokens) { sampler.next($0) }
            let chosen = Hypothesis(
                token: next.token, logProbability: next.logProbability, after: last, attention: try attention(of: step, row: 0))
            if next.token == network.tokens.endOfText || chosen.count == limit {
                return transcript(chosen, temperature: temperature)
            }
            step = try network.step([next.token], after: step.memory, hearing: audio)
            last = chosen
        }
    }

    /// The likeliest transcript that a search finds which follows `width` hypotheses side by side; one follows the likeliest token.
    ///
    /// The search ends when `width` hypotheses have; the one with the highest mean log probability wins (openai/whisper
    /// `decoding.py`, `BeamSearchDecoder` and `MaximumLikelihoodRanker`). All rows hear the same keys and values.
    /// - Parameter width: at least 1.
    func search(width: Int) throws(ModelError) -> Transcript {
        var step = start
        var live: [Hypothesis?] = [nil]
        var ended: [Hypothesis] = []
        for length in 1...limit {
            var candidates: [(row: Int, token: Int, logProbability: Float, score: Float)] = []
            for (row, hypothesis) in live.enumerated() {
                let best = try withScores(of: step, row: row, after: hypothesis?.path.map(\.token) ?? []) {
                    Logits.best(width + 1, of: $0)
                }
                candidates += best.map { (row, $0.token, $0.logProbability, (hypothesis?.score ?? 0) + $0.logProbability) }
            }
            candidates.sort { $0.score > $1.score }
            var (next, parents): ([Hypothesis], [Int]) = ([], [])
            let rows = try live.indices.map { row throws(ModelError) in try attention(of: step, row: row) }
            for candidate in candidates where next.count < width {
                let chosen = Hypothesis(
                    token: candidate.token, logProbability: candidate.logProbability, after: live[candidate.row],
                    attention: rows[candidate.row])
                if candidate.token == network.tokens.endOfText {
                    ended.append(chosen)
                } else {
                    next.append(chosen)
                    parents.append(candidate.row)
                }
            }
            live = next
            if ended.count >= width || next.isEmpty || length == limit { break }
            let memory = try step.memory.taking(rows: parents)
            step = try network.step(next.map(\.token), after: memory, hearing: audio)
        }
        // Hypotheses that broke off count when none came to its end.
        let finalists = ended.isEmpty ? live.compactMap { $0 } : Array(ended.prefix(width))
        let best = finalists.max { $0.score / Float(max(1, $0.count - 1)) < $1.score / Float(max(1, $1.count - 1)) }
        return best.map { transcript($0, temperature: 0) } ?? Transcript(noSpeech: noSpeech)
    }

    private func transcript(_ last: Hypothesis, temperature: Float) -> Transcript {
        var transcript = Transcript(noSpeech: noSpeech, temperature: temperature)
        for hypothesis in last.path {
            if hypothesis.token == network.tokens.endOfText {
                transcript.endLogProbability = hypothesis.logProbability
            } else {
                transcript.tokens.append(hypothesis.token)
                transcript.logProbabilities.append(hypothesis.logProbability)
            }
            transcript.attention.append(hypothesis.attention, positions: audio.positions)
        }
        return transcript
    }

    /// Lends the scores of what may follow the last token of a row.
    private func withScores<Result>(
        of step: WhisperNetwork.Step, row: Int, after tokens: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws(ModelError) -> Result {
        let (count, size) = (step.scores.shape[1], step.scores.shape[2])
        return try step.scores.withElements(as: Float.self) { all in
            let first = (row * count + count - 1) * size
            let scores = UnsafeMutableBufferPointer(rebasing: all[first..<first + size])
            rules.apply(to: scores, after: tokens[...])
            return body(UnsafeBufferPointer(scores))
        }
    }

    /// Where the alignment heads looked from a row's last token: [heads, positions].
    private func attention(of step: WhisperNetwork.Step, row: Int) throws(ModelError) -> [Float] {
        guard collectsAttention, let attention = step.attention else { return [] }
        let (heads, count, positions) = (attention.shape[1], attention.shape[2], attention.shape[3])
        return try attention.withElements(as: Float.self) { all in
            var values: [Float] = []
            values.reserveCapacity(heads * positions)
            for head in 0..<heads {
                let first = ((row * heads + head) * count + count - 1) * positions
                values.append(contentsOf: all[first..<first + positions])
            }
            return values
        }
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
