/// A text cut into tokens; asking beyond either end gives `.end`.
struct SpeechTokens {
    private let tokens: [SpeechToken]

    var count: Int { tokens.count }

    subscript(index: Int) -> SpeechToken {
        index >= 0 && index < tokens.count ? tokens[index] : .end
    }

    init(_ text: String) {
        var tokens: [SpeechToken] = []
        var start = text.startIndex
        while start < text.endIndex {
            let kind = Self.kind(of: text[start])
            var end = text.index(after: start)
            if kind == .word || kind == .digits || kind == .space {
                while end < text.endIndex {
                    let next = Self.kind(of: text[end])
                    if next == kind {
                        end = text.index(after: end)
                    } else if kind == .word, Self.isApostrophe(text[end]), Self.isLetter(text, after: end) {
                        end = text.index(end, offsetBy: 2)
                    } else {
                        break
                    }
                }
            }
            tokens.append(SpeechToken(kind: kind, text: text[start..<end]))
            start = end
        }
        self.tokens = tokens
    }

    /// Whether the token is this symbol.
    func isSymbol(_ index: Int, _ symbol: Character) -> Bool {
        self[index].kind == .symbol && self[index].text.first == symbol
    }

    /// The symbol at a place; `nil` for other tokens.
    func symbol(_ index: Int) -> Character? {
        self[index].kind == .symbol ? self[index].text.first : nil
    }

    /// Where the text goes on after optional white space.
    func afterSpace(_ index: Int) -> Int {
        self[index].kind == .space ? index + 1 : index
    }

    /// The word before a place, past one white space.
    func wordBefore(_ index: Int) -> SpeechToken {
        let word = self[index - 1].kind == .space ? self[index - 2] : self[index - 1]
        return word.kind == .word ? word : .end
    }

    private static func kind(of character: Character) -> SpeechToken.Kind {
        if let ascii = character.asciiValue {
            switch ascii {
            case 48...57: return .digits
            case 65...90, 97...122: return .word
            case 9, 10, 13, 32: return .space
            default: return character == "\r\n" ? .space : .symbol
            }
        }
        if isEmoji(character) { return .emoji }
        if character.isLetter { return .word }
        return character.isWhitespace ? .space : .symbol
    }

    /// Source: Unicode Technical Standard 51, emoji presentation.
    private static func isEmoji(_ character: Character) -> Bool {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return false }
        return first.properties.isEmojiPresentation || first.properties.isEmoji && scalars.contains { $0.value == 0xFE0F }
            || (0x1F1E6...0x1F1FF).contains(first.value)
    }

    private static func isApostrophe(_ character: Character) -> Bool { character == "'" || character == "’" }

    private static func isLetter(_ text: String, after index: String.Index) -> Bool {
        let next = text.index(after: index)
        return next < text.endIndex && kind(of: text[next]) == .word
    }
}
