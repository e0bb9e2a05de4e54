import Glibc
import TestSupport
import Testing

@testable import AudioSpeech

/// Sixteen text tokens, end 16, special 17 to 19 with "no timestamps" 19, and 101 times from 20 on.
@Suite(.computing) struct TokenRulesTests {
    private static let firstTime = 20
    private static let count = firstTime + 101
    private static let metadata = [
        "sot": "17", "eot": "16", "sot_prev": "18", "no_speech": "18", "no_timestamps": "19", "translate": "18", "transcribe": "18",
        "non_speech_tokens": "3,5", "is_multilingual": "0",
    ]

    private func allowed(after sampled: [Int], scores: [Float]? = nil, duration: Double = 2) throws -> Set<Int> {
        let rules = TokenRules(tokens: try SpecialTokens(metadata: Self.metadata), duration: duration)
        // Text is likelier than all times together unless a test says otherwise.
        var scores = scores ?? (0..<Self.count).map { $0 < Self.firstTime ? 10 : 0 }
        scores.withUnsafeMutableBufferPointer { rules.apply(to: $0, after: sampled[...]) }
        return Set(scores.indices.filter { scores[$0] > -.infinity })
    }

    private let text = Set(0..<16).subtracting([3, 5])
    private func times(_ range: ClosedRange<Int>) -> Set<Int> { Set(range.map { Self.firstTime + $0 }) }

    @Test func beginsWithATimeInTheFirstSecond() throws {
        #expect(try allowed(after: []) == times(0...50))
        #expect(try allowed(after: [], duration: 0.5) == times(0...25))
    }

    @Test func putsTextAfterAnOpeningTime() throws {
        #expect(try allowed(after: [20]) == text.union([16]))
        #expect(try allowed(after: [20, 1, 40, 40]) == text.union([16]))
    }

    @Test func closesAPairNotBeforeItsTime() throws {
        #expect(try allowed(after: [20, 1, 40]).subtracting([16]).isSuperset(of: times(20...100)))
        #expect(try allowed(after: [20, 1, 40]).isDisjoint(with: text.union(times(0...19))))
    }

    @Test func neverRunsBackInText() throws {
        #expect(try allowed(after: [30, 1, 2]) == text.union([16]).union(times(11...100)))
    }

    @Test func takesATimeWhenAllTogetherAreLikelier() throws {
        let even = [Float](repeating: 1, count: Self.count)
        #expect(try allowed(after: [20, 1], scores: even) == times(1...100))
    }
}

@Suite(.computing) struct LogitsTests {
    @Test(arguments: [1, 15, 16, 17, 1000])
    func sumsExponentials(count: Int) {
        let scores = (0..<count).map { Float(($0 * 37) % 101) / 5 - 12 } + [-.infinity]
        let exact = scores.reduce(0.0) { $0 + exp(Double($1)) }
        let sum = scores.withUnsafeBufferPointer { Logits.logSumExp($0, highest: Logits.highest($0).value) }
        #expect(abs(Double(sum) - log(exact)) < 1e-4)
    }

    @Test func findsTheHighest() {
        let scores = (0..<100).map { Float(($0 * 37) % 101) }
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        let best = scores.withUnsafeBufferPointer { Logits.best(6, of: $0) }
        #expect(best.map(\.token) == Array(order.prefix(6)))
        #expect(scores.withUnsafeBufferPointer { Logits.highest($0).index } == order[0])
        #expect(abs(best[0].logProbability - best[1].logProbability - 1) < 1e-4)
    }

    @Test func survivesScoresThatAreNoNumbers() {
        let scores = [Float](repeating: .nan, count: 40)
        #expect(scores.withUnsafeBufferPointer { Logits.best(3, of: $0) }.count <= 3)
        var sampler = TokenSampler(temperature: 0.5, seed: 1)
        #expect(scores.indices.contains(scores.withUnsafeBufferPointer { sampler.next($0) }.token))
    }

    @Test func drawsAlikeFromEqualSeedsAndByProbability() {
        let scores: [Float] = [log(0.7), log(0.3), -.infinity]
        func draws(_ seed: UInt64) -> [Int] {
            var sampler = TokenSampler(temperature: 1, seed: seed)
            return (0..<2000).map { _ in scores.withUnsafeBufferPointer { sampler.next($0).token } }
        }
        #expect(draws(3) == draws(3))
        let ones = draws(3).count { $0 == 1 }
        #expect((500...700).contains(ones) && !draws(3).contains(2))
    }
}
