/// How much of a text is of which script: what an estimate of its tokens is made from.
struct ScriptProfile {
    /// Kinds of characters that tokenizers treat alike.
    enum Part: Int, CaseIterable {
        /// ASCII letters.
        case letters
        case digits
        /// ASCII white space and control characters.
        case spaces
        /// ASCII punctuation and symbols.
        case marks
        /// Latin letters with diacritics, and the rest of U+0080 to U+024F.
        case accented
        /// Greek and Cyrillic.
        case greekAndCyrillic
        case han
        case kana
        case hangul
        /// Letters of every other script: Arabic, Hebrew, Devanagari, Thai and so on.
        case otherLetters
        /// Emoji, symbols.
        case others
    }

    private(set) var counts = Array(repeating: 0, count: Part.allCases.count)

    init(_ text: String) {
        for scalar in text.unicodeScalars { counts[Self.part(of: scalar).rawValue] += 1 }
    }

    private static func part(of scalar: Unicode.Scalar) -> Part {
        switch scalar.value {
        case 0x41...0x5A, 0x61...0x7A: .letters
        case 0x30...0x39: .digits
        case 0...0x20: .spaces
        case 0x21...0x7F: .marks
        case 0x80...0x24F: .accented
        case 0x370...0x52F: .greekAndCyrillic
        case 0x3400...0x9FFF, 0x20000...0x31FFF: .han
        case 0x3040...0x30FF: .kana
        case 0xAC00...0xD7AF: .hangul
        default:
            scalar.properties.isAlphabetic || scalar.properties.canonicalCombiningClass != .notReordered ? .otherLetters : .others
        }
    }
}
