/// A long text cut into pieces of bounded length at the ends of sentences, made one at a time.
package struct TextChunker: Sequence, Sendable {
    private let text: String
    private let language: String
    private let maximumLength: Int
    private let packsSentences: Bool

    /// - Parameters:
    ///   - text: any text.
    ///   - language: a code such as `en`.
    ///   - maximumLength: characters of a piece, at least 16. A longer sentence is cut after a comma, else between words, and
    ///     only when there is neither between characters.
    ///   - packsSentences: whether a piece takes as many sentences of a paragraph as fit, or each sentence is its own piece.
    package init(_ text: String, language: String = "en", maximumLength: Int = 300, packsSentences: Bool = false) {
        (self.text, self.language) = (text, language)
        (self.maximumLength, self.packsSentences) = (Swift.max(16, maximumLength), packsSentences)
    }

    /// The pieces from the beginning.
    package func makeIterator() -> Iterator {
        Iterator(
            sentences: SentenceSplitter(text, language: language).makeIterator(), maximumLength: maximumLength,
            packsSentences: packsSentences)
    }

    /// Cuts one piece after the other.
    package struct Iterator: IteratorProtocol {
        private var sentences: SentenceSplitter.Iterator
        private let maximumLength: Int
        private let packsSentences: Bool
        /// A sentence that did not fit, or its rest.
        private var held: Sentence?

        init(sentences: SentenceSplitter.Iterator, maximumLength: Int, packsSentences: Bool) {
            (self.sentences, self.maximumLength, self.packsSentences) = (sentences, maximumLength, packsSentences)
        }

        /// The next piece; `nil` at the end of the text.
        package mutating func next() -> Sentence? {
            guard var piece = held ?? sentences.next() else { return nil }
            held = nil
            if let cut = cut(piece.text) {
                held = Sentence(text: piece.text[cut...].drop(while: \.isWhitespace), endsParagraph: piece.endsParagraph)
                return Sentence(text: piece.text[..<cut].trimmingEnd, endsParagraph: false, isComplete: false)
            }
            while packsSentences && !piece.endsParagraph, let sentence = sentences.next() {
                let joined = piece.text.base[piece.text.startIndex..<sentence.text.endIndex]
                guard fits(joined) else {
                    held = sentence
                    break
                }
                piece = Sentence(text: joined, endsParagraph: sentence.endsParagraph)
            }
            return piece
        }

        private func fits(_ text: Substring) -> Bool {
            text.utf8.count <= maximumLength
                || text.index(text.startIndex, offsetBy: maximumLength, limitedBy: text.endIndex).map {
                    $0 == text.endIndex
                } ?? true
        }

        /// Where to cut a text that is too long; `nil` when it fits.
        private func cut(_ text: Substring) -> Substring.Index? {
            guard !fits(text) else { return nil }
            var length = maximumLength
            // What fills two pieces is shared out between them, so that no short rest is left.
            if text.index(text.startIndex, offsetBy: 2 * maximumLength, limitedBy: text.endIndex) == nil {
                length = Swift.min(maximumLength, text.count * 11 / 20)
            }
            let limit = text.index(text.startIndex, offsetBy: length)
            let window = text[..<limit]
            let third = text.index(text.startIndex, offsetBy: length / 3)
            if let after = ClauseMark.lastEnd(in: window[third...]), after < text.endIndex { return after }
            if text[limit].isWhitespace { return limit }
            if let space = window[third...].lastIndex(where: \.isWhitespace) { return text.index(after: space) }
            return limit
        }
    }
}

extension Substring {
    /// The text without white space at its end.
    fileprivate var trimmingEnd: Substring {
        lastIndex { !$0.isWhitespace }.map { self[...$0] } ?? self[..<startIndex]
    }
}
