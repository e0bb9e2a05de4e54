import Primitives
import Testing
import Tokenization

@Suite(.enabled(if: Vocabularies.areInstalled, "deploy/models install openai-encodings")) struct BytePairEncoderTests {
    @Test("Twelve thousand strings of all scripts have tiktoken's tokens", arguments: zip([Encoding.o200k, .cl100k, .p50k], 0..<3))
    func equalsTiktoken(encoding: Encoding, column: Int) throws {
        let encoder = try Vocabularies.encoder(encoding)
        let cases = try StringCases()
        let expected = try StringCases.expected("counts.txt")
        #expect(expected.count == 12_000)
        var different: [String] = []
        for (number, line) in expected.enumerated() {
            let text = cases.text(number)
            let tokens = encoder.encode(text)
            if tokens.count != line[column].count || StringCases.digest(tokens) != line[column].digest { different.append(text) }
            if number % 16 == 0 {
                #expect(encoder.count(text) == tokens.count)
                #expect(try encoder.decode(tokens) == Bytes(text.utf8))
            }
        }
        #expect(different.isEmpty, "\(different.count): \(different.prefix(3).map(\.debugDescription))")
    }

    @Test(
        "Known texts",
        arguments: [
            (Encoding.o200k, "tiktoken is great!", [83, 8251, 2488, 382, 2212, 0]),
            (.cl100k, "tiktoken is great!", [83, 1609, 5963, 374, 2294, 0]),
            (.p50k, "hello world", [31373, 995]), (.r50k, "hello world", [31373, 995]),
            (.p50k, "   x", [50257, 2124]), (.r50k, "   x", [220, 220, 2124]), (.o200k, "", []),
        ] as [(Encoding, String, [UInt32])])
    func known(encoding: Encoding, text: String, tokens: [UInt32]) throws {
        #expect(try Vocabularies.encoder(encoding).encode(text) == tokens)
    }

    @Test("A long run of one letter takes time in proportion to its length")
    func longRun() throws {
        // The longest token of this letter has eight of them. Looking through the whole piece for each merge would take hours.
        let encoder = try Vocabularies.encoder(.cl100k)
        #expect(encoder.count(String(repeating: "a", count: 100_000)) == 12_500)
    }

    @Test("The name of a special token is text; its number stands for the name")
    func specialTokens() throws {
        let encoder = try Vocabularies.encoder(.o200k)
        #expect(encoder.encode("<|endoftext|>").count > 1)
        #expect(try encoder.decode([199_999]) == Bytes("<|endoftext|>".utf8))
        #expect(throws: TokenizationError.unknownToken(300_000)) { try encoder.decode([300_000]) }
        #expect(throws: TokenizationError.unknownToken(199_998)) { try encoder.decode([199_998]) }
    }

    @Test(
        "What is not UTF-8 is counted all the same",
        arguments: [[0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F], [0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF]])
    func invalid(bytes: [UInt8]) throws {
        for encoding in Encoding.allCases {
            let encoder = try Vocabularies.encoder(encoding)
            #expect(bytes.withUnsafeBufferPointer { encoder.count(utf8: $0) } > 0)
        }
    }
}

struct VocabularyFileTests {
    @Test("A file cut short is told", .enabled(if: Vocabularies.areInstalled))
    func cutShort() throws {
        let whole = try StringCases.content(atPath: "\(Vocabularies.folder)/r50k_base.bpe")
        for size in [whole.count - 64, 4096, 64, 20, 8] {
            try TemporaryFile.with(Array(whole.prefix(size))) { path in
                let error = #expect(throws: TokenizationError.self) { try BytePairEncoder(encoding: .r50k, path: path) }
                #expect(error?.code == "vocabulary-damaged")
            }
        }
    }

    @Test("A file that is missing or another's is told, not read")
    func damaged() throws {
        let missing = #expect(throws: TokenizationError.self) { try BytePairEncoder(encoding: .o200k, path: "/nonexistent.bpe") }
        #expect(missing?.code == "vocabulary-missing")
        for name in ["alphabets.json", "small.model"] {
            let path = "\(StringCases.folder)/\(name)"
            let error = #expect(throws: TokenizationError.self) { try BytePairEncoder(encoding: .o200k, path: path) }
            #expect(error?.code == "vocabulary-damaged")
        }
        #expect(throws: TokenizationError.self) { try BytePairEncoder(encoding: .o200k, path: StringCases.folder) }
    }
}
