import AudioSpeech
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct VocabularyTests {
    static let texts = [
        "", "hello world", " hello  world \n", "👩‍🚀 to the 🌙", "שלום עולם", "مرحبا", "東京タワー", "don't we'll I'd",
        "\u{0}\u{FFFD}é e\u{301}",
    ]

    @Test(arguments: texts)
    func givesBackWhatItTook(text: String) throws {
        let vocabulary = try SmallVocabulary.make()
        #expect(Bytes(vocabulary.text(of: vocabulary.tokens(of: text)).utf8) == Bytes(text.utf8))
    }

    @Test func mergesTheLowestRankFirst() throws {
        let vocabulary = try SmallVocabulary.make()
        let hello = 256 + 3
        let world = 256 + 8
        #expect(vocabulary.tokens(of: "hello world") == [hello, world])
        #expect(vocabulary.tokens(of: "hellolo") == [hello, Int(UInt8(ascii: "l")), Int(UInt8(ascii: "o"))])
    }

    @Test(arguments: ["", "IQ== 0\n", "no line\n", "IQ== x\n", "*** 1\n"])
    func refusesOtherFiles(text: String) {
        #expect(throws: SpeechError.self) { try Vocabulary(parsing: Bytes(text.utf8), count: 300) }
    }

    /// Tokens that Hugging Face's `tokenizers` gives for Whisper's own vocabulary.
    @Test(
        .enabled(if: InstalledModels.whisper != nil),
        arguments: [
            (" Hello, world! It's 42 degrees.", [2425, 11, 1002, 0, 467, 311, 14034, 5310, 13]),
            ("naïve café — résumé", [629, 15487, 303, 25118, 3466, 14415, 449, 526]),
            ("שלום עולם", [43911, 17333, 7535, 39383]),
            ("👩‍🚀 to the 🌙", nil),
            ("  two  spaces\nand\ta tab", nil),
            ("Мы не знаем", [49064, 1725, 45491]),
            ("東京タワー", [18413, 31375, 12144, 39613, 3384]),
            ("don't we'll I'd", [13966, 380, 321, 603, 286, 1116]),
        ] as [(String, [Int]?)])
    func encodesAsWhisperWasTrained(text: String, tokens: [Int]?) throws {
        let vocabulary = try Recognized.shared.get().vocabulary
        if let tokens { #expect(vocabulary.tokens(of: text) == tokens) }
        #expect(vocabulary.text(of: vocabulary.tokens(of: text)) == text)
    }
}
