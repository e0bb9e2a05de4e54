/// How long speech rests between its parts, in seconds.
package struct SpeechPauses: Sendable, Hashable {
    /// After a sentence.
    package var sentence: Double
    /// After a paragraph.
    package var paragraph: Double

    /// The defaults lie in the range that readers use: a third of a second between sentences, twice that between paragraphs
    /// (Goldman-Eisler, Psycholinguistics, 1968).
    package init(sentence: Double = 0.35, paragraph: Double = 0.7) {
        (self.sentence, self.paragraph) = (max(0, sentence), max(0, paragraph))
    }
}
