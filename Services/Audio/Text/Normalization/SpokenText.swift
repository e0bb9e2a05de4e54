/// Collects what is said, keeping words apart by single spaces.
struct SpokenText {
    private(set) var text = ""
    /// White space was read since the last text.
    private var sawSpace = false
    /// The last text came from a rule.
    private var endsInRule = false

    /// Adds words that a rule made; an empty text only keeps its neighbours apart.
    mutating func append(words: String) {
        guard let first = words.first else {
            sawSpace = true
            return
        }
        let clings = Self.clings(first)
        if !clings, sawSpace || (text.last.map { $0.isLetter || $0.isNumber || ",.;:!?".contains($0) } ?? false) { text += " " }
        text += words
        (sawSpace, endsInRule) = (false, true)
    }

    /// Adds a token as it is.
    mutating func append(_ token: SpeechToken) {
        switch token.kind {
        case .space: sawSpace = true
        case .word, .digits: append(raw: token.text, apart: sawSpace || endsInRule)
        case .symbol, .emoji, .end: append(raw: token.text, apart: sawSpace && !(token.text.first.map(Self.clings) ?? true))
        }
    }

    private mutating func append(raw: Substring, apart: Bool) {
        if apart && !text.isEmpty { text += " " }
        text += raw
        (sawSpace, endsInRule) = (false, false)
    }

    /// Whether a mark stands close to the word before it.
    private static func clings(_ character: Character) -> Bool { ".,;:!?…)]}”’»".contains(character) }
}
