import AudioText
import TestSupport
import Testing
import Primitives

@testable import AudioSpeech

@Suite(.computing) struct AlignmentTests {
    @Test func findsTheCheapestWay() {
        // Cheap cells form stairs: rows 0, 1, 2 begin at the columns 0, 3, 4.
        let costs: [Float] = [
            0, 0, 0, 5, 5, 5,
            5, 5, 5, 0, 5, 5,
            5, 5, 5, 5, 0, 0,
        ]
        #expect(DynamicTimeWarping.firstColumns(costs: costs, rows: 3, columns: 6) == [0, 3, 4])
    }

    @Test(arguments: [(1, 1), (1, 5), (4, 1), (3, 3)])
    func staysInTheMatrix(rows: Int, columns: Int) {
        let first = DynamicTimeWarping.firstColumns(
            costs: [Float](repeating: 1, count: rows * columns), rows: rows, columns: columns)
        #expect(first.count == rows && first[0] == 0 && first.allSatisfy { (0..<columns).contains($0) })
        #expect(first == first.sorted())
    }

    @Test(arguments: [1, 5, 16, 17, 50])
    func takesTheMedianOfSeven(count: Int) {
        var padded = (0..<count + 6).map { Float(($0 * 7919) % 23) }
        MedianFilter.mirrorEnds(&padded)
        var output = [Float](repeating: 0, count: count)
        MedianFilter.run(padded, count: count, into: &output)
        #expect(output == (0..<count).map { padded[$0..<$0 + 7].sorted()[3] })
    }

    /// Sound from 0.5 to 1.0 s, in silence and in a noisy room.
    @Test(arguments: [Float(0), 0.02]) func wordsKeepToWhatSounds(noise: Float) {
        var random = SystemRandomNumberGenerator()
        let samples = (0..<24_000).map { index in
            (8000..<16_000).contains(index)
                ? (index / 40).isMultiple(of: 2) ? Float(0.4) : -0.4 : Float.random(in: -1...1, using: &random) * noise
        }
        let envelope = samples.withUnsafeBufferPointer { SoundEnvelope($0) }
        func trimmed(_ start: Double, _ end: Double) -> [Double] {
            let word = envelope.trimmed(RecognizedWord(text: "a", start: start, end: end, probability: 1))
            return [word.start, word.end].map { $0.rounded(decimals: 2) }
        }
        #expect(trimmed(0.1, 1.4) == [0.5, 1.0])
        #expect(trimmed(0.2, 0.7) == [0.5, 0.7])
        #expect(trimmed(0.6, 0.8) == [0.6, 0.8])
        #expect(trimmed(0.1, 0.3) == [0.1, 0.3], "nothing sounds there")
        #expect(trimmed(0.4, 0.52) == [0.46, 0.52], "never shorter than a word can be")
        #expect(trimmed(1.6, 2) == [1.6, 2], "beyond the window")
    }

    /// Two sounds, and words that attention has put too early or too late; where they meet, on either side of the pause.
    @Test(
        arguments: [
            ([(0.1, 0.55), (1.3, 1.35)], [0.49, 0.9, 1.2, 1.5]), ([(0.1, 1.25), (1.25, 1.6)], [0.5, 0.9, 1.2, 1.5]),
            ([(0.1, 0.8), (0.8, 1.6)], [0.5, 0.9, 1.2, 1.5]), ([(0.1, 0.62), (0.62, 0.9)], [0.5, 0.62, 0.62, 0.9]),
        ] as [([(Double, Double)], [Double])])
    func wordsReachToTheEndOfTheirSound(told: [(Double, Double)], fitted: [Double]) {
        let samples = (0..<32_000).map { Float((8000..<14_400).contains($0) || (19_200..<24_000).contains($0) ? 0.3 : 0) }
        let envelope = samples.withUnsafeBufferPointer { SoundEnvelope($0) }
        let words = told.map { RecognizedWord(text: "a", start: $0, end: $1, probability: 1) }
        #expect(envelope.fitted(words).flatMap { [$0.start, $0.end] }.map { $0.rounded(decimals: 2) } == fitted)
    }

    @Test func followsAttentionAcrossTokens() {
        // Three tokens that look at the positions 0 to 9, 10 to 24 and 25 to 39, in both heads.
        var rows = AttentionRows()
        for range in [0..<10, 10..<25, 25..<40] {
            let head = (0..<40).map { range.contains($0) ? Float(0.1) : 0.001 }
            rows.append(head + head, positions: 40)
        }
        #expect(rows.count == 3)
        #expect(rows.firstPositions(ofRows: [0, 1, 2], columns: 40) == [0, 10, 25])
        #expect(rows.firstPositions(ofRows: [0, 2], columns: 40).count == 2)
    }

    @Test(
        arguments: [
            // One segment, closed; two with a pair between; one that breaks off; one that stops in the middle; none.
            ([100, 1, 2, 150], [0..<4], nil),
            ([100, 1, 150, 150, 2, 200], [0..<3, 3..<6], nil),
            ([100, 1, 2], [0..<3], nil),
            ([100, 1, 150, 150], [0..<3], 1.0),
            ([100], [], nil),
            ([], [], nil),
        ] as [([Int], [Range<Int>], Double?)])
    func cutsAtPairsOfTimes(tokens: [Int], ranges: [Range<Int>], heard: Double?) {
        let spans = SegmentSpans(tokens, firstTimestamp: 100, duration: 3)
        #expect(spans.spans.map(\.tokens) == ranges && spans.heard == heard)
        #expect(spans.spans.allSatisfy { 0 <= $0.start && $0.start <= $0.end && $0.end <= 3 })
    }

    @Test func gathersWords() throws {
        let vocabulary = try SmallVocabulary.make()
        let text = " hello world, \u{201c}a\u{201d} é!"
        let tokens = vocabulary.tokens(of: text)
        let words = WordPieces.words(of: tokens, vocabulary: vocabulary, language: "en")
        #expect(words.map(\.text) == [" hello", " world,", " \u{201c}a\u{201d}", " é!"])
        #expect(words.flatMap { Array($0.tokens) } == Array(tokens.indices))
        let characters = WordPieces.words(of: vocabulary.tokens(of: "東京。"), vocabulary: vocabulary, language: "ja")
        #expect(characters.map(\.text) == ["東", "京。"])
    }

    @Test func shortensWordsThatHoldAPause() {
        func word(_ text: String, _ start: Double, _ end: Double) -> RecognizedWord {
            RecognizedWord(text: text, start: start, end: end, probability: 1)
        }
        let words = [word(" a", 0, 0.2), word(" b", 0.2, 0.4), word(" c.", 0.4, 3), word(" d", 3, 3.2)]
        let span = SegmentSpans.Span(tokens: 0..<4, start: 0, end: 3.2)
        let corrected = WordTiming.corrected([words], spans: [span])[0]
        #expect(corrected.map(\.start) == words.map(\.start))
        #expect(abs(corrected[2].end - 0.8) < 1e-9)
    }

    @Test func measuresRepetition() {
        #expect(CompressionRatio.of("") == 0)
        #expect(CompressionRatio.of("Please enter your password, followed by the pound key.") < 1.5)
        #expect(CompressionRatio.of(String(repeating: "Thank you. ", count: 30)) > 2.4)
    }
}
