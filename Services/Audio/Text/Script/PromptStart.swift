/// Makes the first pieces of speech shorter where sentences are long, so that a listener neither waits for the first sound nor hears
/// a gap behind it.
///
/// Sound is made several times faster than it is played: what was said buys time for what comes. So a piece may be longer the more
/// came before it, and after two or three sentences none is cut. Pieces are cut in words, after numbers and abbreviations were
/// written out, and not within those.
package struct PromptStart: Sendable {
    /// Characters of the first piece, some three seconds of sound.
    private static let length = 60
    /// Characters that one that was said allows: far fewer than are made while it is heard.
    private static let gain = 2
    /// Silence behind a clause, in seconds. Voices rest a third of a second at a comma; half of it lies at the ends of pieces.
    private static let clausePause = 0.15

    private var said = 0

    package init() {}

    /// - Parameter piece: the next one of the script.
    /// - Returns: what to say for it one after another; the last has its pause.
    package mutating func parts(of piece: SpeechPiece) -> [SpeechPiece] {
        var parts: [SpeechPiece] = []
        var rest = piece.text[...]
        while let cut = Self.cut(rest, within: Self.length + Self.gain * said) {
            said += rest.distance(from: rest.startIndex, to: cut.end)
            var part = SpeechPiece(text: String(rest[..<cut.end]), pause: cut.isClause ? Self.clausePause : 0, rate: piece.rate)
            // The voice is to sound as if more came.
            if !cut.isClause { part.text += "," }
            parts.append(part)
            rest = rest[cut.end...].drop(while: \.isWhitespace)
        }
        said += rest.count
        parts.append(SpeechPiece(text: String(rest), pause: piece.pause, rate: piece.rate))
        return parts
    }

    /// Where to cut a text that is longer: behind its last clause, else, in one that is much longer, before a word that opens a
    /// phrase, as early as that is not too early. Neither part is to be much shorter than it could be.
    /// - Returns: `nil` where it is to be said at once.
    private static func cut(_ text: Substring, within length: Int) -> (end: Substring.Index, isClause: Bool)? {
        let count = text.count
        guard count > length else { return nil }
        let first = text.index(text.startIndex, offsetBy: length / 3)
        let limit = text.index(text.startIndex, offsetBy: min(length, count - length / 4))
        if let end = ClauseMark.lastEnd(in: text[first..<limit]) { return (end, true) }
        guard count > length * 3 / 2 else { return nil }
        let last = text.index(text.startIndex, offsetBy: count - length / 4)
        let places = text[first..<last].indices.filter { index in
            text[index].isWhitespace && text[text.index(before: index)].isLetter
                && openers.contains(text[text.index(after: index)...].prefix(while: \.isLetter).lowercased())
        }
        return (places.last { $0 < limit } ?? places.first).map { ($0, false) }
    }

    /// English words before which a speaker may breathe: conjunctions, relative pronouns, prepositions. Not those that join what was
    /// written out of a number, an amount or an address: "five dollars and twenty cents", "ann at example dot com", "three to four".
    private static let openers: Set<String> = [
        "after", "although", "because", "before", "between", "but", "during", "for", "from", "how", "if", "in", "into", "on",
        "since",
        "so", "that", "though", "through", "unless", "until", "what", "when", "where", "whether", "which", "while", "who", "why",
        "with", "without", "yet",
    ]
}
