import AudioAPI

/// A phrase that a text says several times in a row, the mark of a decoder that loops.
package struct Repetition: Sendable, Hashable {
    /// Words of the phrase.
    package let length: Int
    /// How often it stands there in a row, 2 or more.
    package let count: Int

    /// - Parameters: as the properties.
    package init(length: Int, count: Int) {
        (self.length, self.count) = (length, count)
    }

    /// The repetition that covers most words.
    /// - Parameters:
    ///   - text: punctuation and capitals do not count; in scripts without spaces every character is a word.
    ///   - longest: words of the longest phrase to look for, 1 or more.
    /// - Returns: `nil` when no phrase is said twice in a row.
    package static func worst(in text: String, longest: Int = 16) -> Repetition? {
        worst(in: TextWords(text).words, longest: longest)
    }

    static func worst(in words: [String], longest: Int) -> Repetition? {
        var worst: Repetition?
        for length in stride(from: 1, through: min(longest, words.count / 2), by: 1) {
            // A run of m words that each equal the one `length` before holds 1 + m / length phrases.
            var run = 0
            var longestRun = 0
            for index in length..<words.count {
                run = words[index] == words[index - length] ? run + 1 : 0
                longestRun = max(longestRun, run)
            }
            let count = 1 + longestRun / length
            guard count > 1 else { continue }
            if count * length > (worst.map { $0.count * $0.length } ?? 0) { worst = Repetition(length: length, count: count) }
        }
        return worst
    }
}
