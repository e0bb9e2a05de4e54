import Testing
import Tokenization

struct SentencePieceEncoderTests {
    @Test("Two thousand strings have the pieces of the sentencepiece library")
    func equalsSentencePiece() throws {
        let encoder = try SentencePieceEncoder(path: "\(StringCases.folder)/small.model")
        let cases = try StringCases()
        let expected = try StringCases.expected("pieces.txt")
        #expect(expected.count == 2000)
        var different: [String] = []
        for (number, line) in expected.enumerated() {
            let text = cases.text(number)
            let pieces = encoder.encode(text)
            if pieces.count != line[0].count || StringCases.digest(pieces) != line[0].digest { different.append(text) }
            if number % 16 == 0 { #expect(encoder.count(text) == pieces.count) }
        }
        #expect(different.isEmpty, "\(different.count): \(different.prefix(3).map(\.debugDescription))")
    }

    @Test("A file that is no model is told")
    func damaged() throws {
        let error = #expect(throws: TokenizationError.self) {
            try SentencePieceEncoder(path: "\(StringCases.folder)/alphabets.json")
        }
        #expect(error?.code == "vocabulary-damaged")
        let missing = #expect(throws: TokenizationError.self) { try SentencePieceEncoder(path: "/nonexistent.model") }
        #expect(missing?.code == "vocabulary-unreadable")
    }

    @Test("A model cut short is told or read as far as it goes, a unigram model refused")
    func unsupported() throws {
        let whole = try StringCases.content("small.model")
        for size in [1, 7, 100, 5000, whole.count - 3] {
            try TemporaryFile.with(Array(whole.prefix(size))) { path in
                #expect(throws: TokenizationError.self) { try SentencePieceEncoder(path: path) }
            }
        }
        // One piece, <unk>, and no word of the algorithm, which then is unigram.
        try TemporaryFile.with([0x0A, 9, 0x0A, 5] + Array("<unk>".utf8) + [0x18, 2]) { path in
            let error = #expect(throws: TokenizationError.self) { try SentencePieceEncoder(path: path) }
            #expect(error?.code == "tokenizer-unsupported")
        }
    }
}
