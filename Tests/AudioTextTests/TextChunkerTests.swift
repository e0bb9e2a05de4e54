import AudioText
import TestSupport
import Testing

@Suite(.computing) struct TextChunkerTests {
    @Test func sentencesArePacked() {
        let chunks = TextChunker("One two. Three four. Five six.\n\nSeven.", maximumLength: 21, packsSentences: true).map {
            String($0.text)
        }
        #expect(chunks == ["One two. Three four.", "Five six.", "Seven."])
    }

    @Test func longSentencesAreCutWhereTheyRead() {
        let text = "The quick brown fox jumps over it, and the lazy dog sleeps on without a care"
        let chunks = TextChunker(text, maximumLength: 42).map { $0 }
        #expect(
            chunks.map { String($0.text) } == ["The quick brown fox jumps over it,", "and the lazy dog sleeps on without a care"])
        #expect(chunks.map(\.isComplete) == [false, true])
    }

    @Test func noShortRestIsLeft() {
        let text = "one two three four five six seven eight nine ten eleven"
        #expect(
            TextChunker(text, maximumLength: 50).map { String($0.text) } == [
                "one two three four five six", "seven eight nine ten eleven",
            ])
    }

    @Test(arguments: [
        String(repeating: "a", count: 1000), String(repeating: "word ", count: 300), String(repeating: "漢字", count: 300),
        String(repeating: "👩‍👩‍👧", count: 100), String(repeating: "e\u{301}", count: 200), String(repeating: ", ", count: 200),
        String(repeating: "ab. ", count: 200), String(repeating: "مرحبا ", count: 200),
    ])
    func lengthIsBounded(text: String) {
        for packs in [false, true] {
            let chunks = TextChunker(text, maximumLength: 50, packsSentences: packs).map { String($0.text) }
            #expect(chunks.allSatisfy { $0.count <= 50 })
            let visible: (String) -> String = { $0.filter { !$0.isWhitespace } }
            #expect(visible(chunks.joined()) == visible(text))
        }
    }

    /// A megabyte of sentences, and one of a single word.
    @Test(arguments: ["Dr. Smith paid $5.20 for 3 apples, e.g. red ones. ", "a"])
    func aMegabyteStreams(unit: String) {
        let text = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
        var count = 0
        for chunk in TextChunker(text, maximumLength: 200) {
            count += 1
            if chunk.text.utf8.count > 200 { Issue.record("a piece of \(chunk.text.utf8.count) bytes") }
        }
        #expect(count >= 5000)
    }

    @Test func plainTextBecomesPieces() {
        let pieces = PlainScript("It's $5. Really?\n\n🎉\n\nYes.", normalizer: SpeechNormalizer()).map { $0 }
        #expect(pieces.map(\.text) == ["It's five dollars.", "Really?", "Yes."])
        #expect(pieces.map(\.pause) == [0.35, 0.7, 0.7])
    }
}
