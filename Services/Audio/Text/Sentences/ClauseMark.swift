/// The marks that end a clause within a sentence.
enum ClauseMark {
    private static let spaced = Set<Character>(",;:—–،؛")
    /// Those that no space follows.
    private static let closed = Set<Character>("、，；：")

    /// - Parameter window: of a text, in which the mark is looked for.
    /// - Returns: the place behind the last mark; `nil` where there is none. A mark within a number or word ends nothing.
    static func lastEnd(in window: Substring) -> Substring.Index? {
        let text = window.base
        let mark = window.indices.last { index in
            if closed.contains(text[index]) { return true }
            let after = text.index(after: index)
            return spaced.contains(text[index]) && after < text.endIndex && text[after].isWhitespace
        }
        return mark.map { text.index(after: $0) }
    }
}
