/// The sentences of a text, found one at a time.
///
/// Rules for texts with full stops, after Palmer and Hearst, "Adaptive Multilingual Sentence Boundary Disambiguation" (1997): a
/// mark ends a sentence when white space follows and what comes next can begin one; full stops of abbreviations, initials,
/// decimals and list numbers do not. Chinese and Japanese marks end it at once; Arabic and Indic marks count like `?` and `.`.
package struct SentenceSplitter: Sequence, Sendable {
    private let text: String
    private let language: String

    /// - Parameters:
    ///   - text: any text; nothing is copied.
    ///   - language: a code such as `en`; German writes ordinals with a full stop.
    package init(_ text: String, language: String = "en") {
        (self.text, self.language) = (text, language)
    }

    /// The sentences from the beginning.
    package func makeIterator() -> Iterator {
        Iterator(scalars: text.unicodeScalars, text: text, isGerman: language.hasPrefix("de"))
    }

    /// Finds one sentence after the other.
    package struct Iterator: IteratorProtocol {
        private let scalars: String.UnicodeScalarView
        private let text: String
        private let isGerman: Bool
        private var position: String.Index

        init(scalars: String.UnicodeScalarView, text: String, isGerman: Bool) {
            (self.scalars, self.text, self.isGerman, position) = (scalars, text, isGerman, scalars.startIndex)
        }

        /// The next sentence; `nil` at the end of the text.
        package mutating func next() -> Sentence? {
            skipSpace()
            guard position < scalars.endIndex else { return nil }
            let start = position
            var lastEnd = position
            while position < scalars.endIndex {
                let scalar = scalars[position]
                let here = position
                position = scalars.index(after: position)
                if scalar == "\n" || scalar == "\u{2029}" {
                    if scalar == "\u{2029}" || beginsBlock() {
                        let sentence = text[start..<lastEnd]
                        return Sentence(text: sentence, endsParagraph: true)
                    }
                } else if !scalar.properties.isWhitespace {
                    lastEnd = position
                    guard Marks.ends.contains(scalar) else { continue }
                    takeClosers()
                    lastEnd = position
                    if ends(mark: scalar, at: here, from: start) {
                        return Sentence(text: text[start..<lastEnd], endsParagraph: endsParagraph())
                    }
                }
            }
            return Sentence(text: text[start..<lastEnd], endsParagraph: true)
        }

        private mutating func skipSpace() {
            while position < scalars.endIndex, scalars[position].properties.isWhitespace {
                position = scalars.index(after: position)
            }
        }

        /// Takes further marks, closing quotes and brackets.
        private mutating func takeClosers() {
            while position < scalars.endIndex, Marks.ends.contains(scalars[position]) || Marks.closers.contains(scalars[position]) {
                position = scalars.index(after: position)
            }
            // French sets a space before its closing quotes.
            if !isGerman, position < scalars.endIndex, scalars[position].properties.isWhitespace {
                let after = scalars.index(after: position)
                if after < scalars.endIndex, scalars[after] == "»" { position = scalars.index(after: after) }
            }
        }

        /// Whether the line that begins here is blank or an item of a list.
        private func beginsBlock() -> Bool {
            var index = position
            while index < scalars.endIndex, scalars[index].properties.isWhitespace {
                if scalars[index] == "\n" { return true }
                index = scalars.index(after: index)
            }
            guard index < scalars.endIndex else { return true }
            let after = scalars.index(after: index)
            return "-*•–".unicodeScalars.contains(scalars[index]) && after < scalars.endIndex && scalars[after] == " "
        }

        private func endsParagraph() -> Bool {
            var index = position
            while index < scalars.endIndex, scalars[index].properties.isWhitespace {
                let scalar = scalars[index]
                index = scalars.index(after: index)
                if scalar == "\u{2029}" { return true }
                if scalar == "\n" {
                    var copy = self
                    copy.position = index
                    return copy.beginsBlock()
                }
            }
            return index == scalars.endIndex
        }

        private func ends(mark: Unicode.Scalar, at index: String.Index, from start: String.Index) -> Bool {
            if Marks.immediate.contains(mark) { return true }
            guard position < scalars.endIndex else { return true }
            guard scalars[position].properties.isWhitespace else { return false }
            guard let next = nextVisible() else { return true }
            if next.properties.isLowercase { return false }
            guard mark == "." else { return true }
            // An ellipsis: the capital that follows decides, and it is one.
            if index > start, scalars[scalars.index(before: index)] == "." { return true }
            return !isAbbreviation(before: index, from: start)
        }

        /// The first scalar of what follows, past spaces and opening quotes.
        private func nextVisible() -> Unicode.Scalar? {
            scalars[position...].first { !$0.properties.isWhitespace && !Marks.openers.contains($0) }
        }

        /// Whether the full stop belongs to the word before it.
        private func isAbbreviation(before index: String.Index, from start: String.Index) -> Bool {
            var first = index
            var length = 0
            while first > start, length < 12 {
                let before = scalars.index(before: first)
                let scalar = scalars[before]
                guard scalar.properties.isAlphabetic || scalar == "." || ("0"..."9").contains(scalar) else { break }
                first = before
                length += 1
            }
            guard length > 0 else { return false }
            let word = text[first..<index]
            if word.utf8.allSatisfy({ (48...57).contains($0) }) {
                // "1. Item" at the start of a line; "am 3. Oktober".
                return first == start && length <= 3 || isGerman && length <= 2
            }
            let lowered = word.lowercased()
            if Abbreviations.numbered.contains(lowered) {
                return nextVisible().map { $0.properties.numericType != nil } ?? false
            }
            if Abbreviations.titles.contains(word) || Abbreviations.leading.contains(lowered) { return true }
            // An initial; "I" more often ends a sentence.
            if length == 1, word.first?.isUppercase ?? false { return word != "I" }
            guard Abbreviations.trailing.contains(lowered) || Abbreviations.dates.contains(word) || isDotted(word) else {
                return false
            }
            return !Abbreviations.starters.contains(nextWord())
        }

        /// "U.S.S.R", "J.R.R"
        private func isDotted(_ word: Substring) -> Bool {
            word.contains(".") && word.split(separator: ".").allSatisfy { $0.count == 1 && $0.first?.isLetter ?? false }
        }

        private func nextWord() -> String {
            let rest = scalars[position...].drop { $0.properties.isWhitespace || Marks.openers.contains($0) }
            return String(String.UnicodeScalarView(rest.prefix(16).prefix { $0.properties.isAlphabetic }))
        }
    }

    private enum Marks {
        static let ends = Set(".!?…。！？｡؟۔।॥".unicodeScalars)
        static let immediate = Set("。！？｡".unicodeScalars)
        static let closers = Set("\"'”’»«)]}」』）】〉》".unicodeScalars)
        static let openers = Set("\"'“‘«([{「『（【¿¡—–-".unicodeScalars)
    }
}
