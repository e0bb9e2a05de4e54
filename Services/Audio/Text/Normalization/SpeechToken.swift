/// A piece of text as the rules of normalisation see it.
struct SpeechToken {
    enum Kind: Int, CaseIterable {
        /// Letters, with apostrophes between them.
        case word
        /// ASCII digits.
        case digits
        /// White space.
        case space
        /// One character of any other kind.
        case symbol
        case emoji
        /// Past either end of the text.
        case end
    }

    let kind: Kind
    let text: Substring

    static let end = SpeechToken(kind: .end, text: "")

    /// Whether the first letter is a capital.
    var isCapitalized: Bool { kind == .word && text.first.map(\.isUppercase) ?? false }
    /// Whether every letter is a capital and there are two or more.
    var isAllCapitals: Bool { kind == .word && text.utf8.count > 1 && text.allSatisfy(\.isUppercase) }
}
