/// Plain text as pieces of speech, made one at a time, so that a long text begins to sound at once.
package struct PlainScript: Sequence, Sendable {
    private let chunks: TextChunker
    private let normalizer: SpeechNormalizer
    private let pauses: SpeechPauses

    /// - Parameters:
    ///   - text: any text; what can not be said is left out.
    ///   - language: a code such as `en`.
    ///   - normalizer: says numbers and abbreviations in words.
    ///   - pauses: after sentences and paragraphs.
    ///   - maximumLength: characters of a piece before normalisation.
    package init(
        _ text: String, language: String = "en", normalizer: SpeechNormalizer, pauses: SpeechPauses = SpeechPauses(),
        maximumLength: Int = 300
    ) {
        chunks = TextChunker(text, language: language, maximumLength: maximumLength)
        (self.normalizer, self.pauses) = (normalizer, pauses)
    }

    /// The pieces from the beginning.
    package func makeIterator() -> Iterator {
        Iterator(chunks: chunks.makeIterator(), normalizer: normalizer, pauses: pauses)
    }

    /// Makes the pieces one after the other.
    package struct Iterator: IteratorProtocol {
        private var chunks: TextChunker.Iterator
        private let normalizer: SpeechNormalizer
        private let pauses: SpeechPauses

        init(chunks: TextChunker.Iterator, normalizer: SpeechNormalizer, pauses: SpeechPauses) {
            (self.chunks, self.normalizer, self.pauses) = (chunks, normalizer, pauses)
        }

        /// The next piece that has something to say; `nil` at the end of the text.
        package mutating func next() -> SpeechPiece? {
            while let chunk = chunks.next() {
                let text = normalizer.spoken(chunk.text)
                guard text.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
                let pause = chunk.endsParagraph ? pauses.paragraph : chunk.isComplete ? pauses.sentence : 0
                return SpeechPiece(text: text, pause: pause)
            }
            return nil
        }
    }
}
