/// Text as scripts write it, with what changes its look on the way.
package struct TextMarkup: Sendable, Hashable {
    package private(set) var script = ""

    /// - Parameter text: plain; line ends are kept.
    package init(_ text: String = "") { append(text) }

    /// Adds plain text. Nothing in it is taken for markup.
    package mutating func append(_ text: String) {
        for character in text {
            switch character {
            case "{": script += "\\{"
            case "}": script += "\\}"
            // A word joiner, so that the letter after it makes no line break or command of it.
            case "\\": script += "\\\u{2060}"
            case _ where character.isNewline: script += "\\N"
            case "\0": break
            default: script.append(character)
            }
        }
    }

    /// What follows has a colour; `nil` goes back to the style's.
    package mutating func setColor(_ color: TextColor?) {
        guard let color else { return script += "{\\1c\\1a}" }
        let digits = color.script.dropFirst(2)
        script += "{\\1c&H\(digits.dropFirst(2))&\\1a&H\(digits.prefix(2))&}"
    }

    /// What follows, up to the next such mark, is filled from the second colour to the first in this time.
    /// - Parameter seconds: rounded to hundredths.
    package mutating func sweep(seconds: Double) { script += "{\\kf\(Int((max(0, seconds) * 100).rounded()))}" }

    /// The text comes in and goes out in these times, seconds.
    package mutating func fade(in rise: Double, out fall: Double) {
        if rise > 0 || fall > 0 { script += "{\\fad(\(Int(rise * 1000)),\(Int(fall * 1000)))}" }
    }
}
