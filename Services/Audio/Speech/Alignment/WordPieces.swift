import Primitives

/// Tokens gathered to words: openai/whisper `tokenizer.py`, `split_to_word_tokens`, and `timing.py`, `merge_punctuations`.
struct WordPieces {
    struct Word: Equatable {
        var text: String
        /// The places of its tokens in the row.
        var tokens: Range<Int>
    }

    /// Languages written without spaces, whose words are single characters here.
    private static let unspaced: Set<String> = ["zh", "ja", "th", "lo", "my", "yue"]
    /// Signs that belong to the word after them, and to the one before.
    private static let opening: Set<Character> = ["\"", "'", "“", "¿", "(", "[", "{", "-", "«"]
    private static let closing: Set<Character> = [
        "\"", "'", ".", "。", ",", "，", "!", "！", "?", "？", ":", "：", "”", ")", "]", "}", "、", "…", "»", ";",
    ]

    /// - Parameter tokens: text tokens.
    static func words(of tokens: [Int], vocabulary: Vocabulary, language: String) -> [Word] {
        var words: [Word] = []
        for character in characters(of: tokens, vocabulary: vocabulary) {
            let isSigns = character.text.allSatisfy { opening.contains($0) || closing.contains($0) || $0 == " " }
            let begins = unspaced.contains(language) ? !isSigns : character.text.hasPrefix(" ")
            if begins || words.isEmpty {
                words.append(character)
            } else {
                words[words.count - 1].text += character.text
                words[words.count - 1].tokens = words[words.count - 1].tokens.lowerBound..<character.tokens.upperBound
            }
        }
        return joiningSigns(words)
    }

    /// The smallest runs of tokens that are whole characters.
    private static func characters(of tokens: [Int], vocabulary: Vocabulary) -> [Word] {
        var (found, start, bytes): ([Word], Int, Bytes) = ([], 0, [])
        for (place, token) in tokens.enumerated() {
            bytes += vocabulary.bytes(of: token)
            guard
                let text = String(validating: bytes, as: UTF8.self)
                    ?? (place == tokens.count - 1 ? String(decoding: bytes, as: UTF8.self) : nil)
            else { continue }
            found.append(Word(text: text, tokens: start..<place + 1))
            (start, bytes) = (place + 1, [])
        }
        return found
    }

    private static func joiningSigns(_ words: [Word]) -> [Word] {
        var joined: [Word] = []
        var waiting: Word?
        for var word in words {
            let signs = word.text.drop { $0 == " " }
            if !signs.isEmpty, signs.allSatisfy(opening.contains), word.text.hasPrefix(" ") {
                waiting = waiting.map { join($0, word) } ?? word
                continue
            }
            if let opened = waiting {
                word = join(opened, Word(text: String(word.text.drop { $0 == " " }), tokens: word.tokens))
                waiting = nil
            }
            if let last = joined.last, !signs.isEmpty, signs.allSatisfy(closing.contains), !word.text.hasPrefix(" ") {
                joined[joined.count - 1] = join(last, word)
            } else {
                joined.append(word)
            }
        }
        return waiting.map { joined + [$0] } ?? joined
    }

    private static func join(_ first: Word, _ second: Word) -> Word {
        Word(text: first.text + second.text, tokens: first.tokens.lowerBound..<second.tokens.upperBound)
    }
}
