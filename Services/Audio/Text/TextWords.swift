import AudioAPI

/// The words of a text for comparison: small letters and digits without punctuation; single characters in scripts without spaces.
struct TextWords {
    private(set) var words: [String] = []

    init(_ text: String) {
        var word = ""
        for character in text {
            if character.unicodeScalars.first?.isUnspacedScript ?? false {
                finish(&word)
                if character.isLetter { words.append(String(character)) }
            } else if character.isLetter || character.isNumber {
                word.append(character)
            } else if character == "'" || character == "’" {
                if !word.isEmpty { word.append("'") }
            } else {
                finish(&word)
            }
        }
        finish(&word)
    }

    private mutating func finish(_ word: inout String) {
        while word.hasSuffix("'") { word.removeLast() }
        guard !word.isEmpty else { return }
        words.append(word.lowercased())
        word = ""
    }
}
