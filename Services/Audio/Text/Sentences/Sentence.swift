/// A sentence as a stretch of the text it was found in.
package struct Sentence: Sendable, Hashable {
    /// Without surrounding white space.
    package var text: Substring
    /// Whether a blank line, or the end of the text, follows.
    package var endsParagraph: Bool
    /// False for the first parts of a sentence that had to be cut.
    package var isComplete: Bool

    /// - Parameters: as the properties.
    package init(text: Substring, endsParagraph: Bool, isComplete: Bool = true) {
        (self.text, self.endsParagraph, self.isComplete) = (text, endsParagraph, isComplete)
    }
}
