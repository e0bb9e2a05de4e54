package import Primitives

/// A part of a recording about one topic.
package struct Chapter: Sendable, Hashable {
    /// Seconds from the beginning of the audio.
    package var start: Double
    /// Seconds from the beginning of the audio.
    package var end: Double
    /// The most salient phrase.
    package var title: String

    /// - Parameters: as the properties.
    package init(start: Double, end: Double, title: String) {
        (self.start, self.end, self.title) = (start, end, title)
    }

    /// The chapter as a document.
    package var document: JSONValue {
        ["start_seconds": .number(start), "end_seconds": .number(end), "title": .string(title)]
    }
}
