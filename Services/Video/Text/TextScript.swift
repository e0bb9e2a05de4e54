/// A script of Advanced SubStation Alpha, put together.
/// Source: "Sub Station Alpha v4.00+ Script Format", as libass reads it.
package struct TextScript: Sendable {
    /// Pixels that sizes and places are told in.
    private let width: Int
    private let height: Int
    private var styles: [TextStyle] = []
    private var events: [String] = []

    /// - Parameters: of the pictures, pixels.
    package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    /// Adds text.
    /// - Parameters:
    ///   - text: marked up by `TextMarkup`.
    ///   - start: seconds; `end` likewise.
    ///   - layer: text of higher layers lies above, and only text of one layer makes room for each other.
    package mutating func add(_ text: TextMarkup, _ style: TextStyle, from start: Double, to end: Double, layer: Int = 0) {
        let number = styles.firstIndex(of: style) ?? styles.count
        if number == styles.count { styles.append(style) }
        let (from, to) = (Self.time(start), Self.time(end))
        guard from < to else { return }
        events.append("Dialogue: \(layer),\(Self.clock(from)),\(Self.clock(to)),S\(number),,0,0,0,,\(text.script)")
    }

    /// The whole script.
    package var text: String {
        let head = """
            [Script Info]
            ScriptType: v4.00+
            PlayResX: \(width)
            PlayResY: \(height)
            WrapStyle: 0
            ScaledBorderAndShadow: yes

            [V4+ Styles]
            Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
            StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding

            """
        let list = styles.enumerated().map { $1.line(named: "S\($0)") + "\n" }.joined()
        return head + list
            + "\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
            + events.map { $0 + "\n" }.joined()
    }

    /// Scripts count hundredths of a second.
    private static func time(_ seconds: Double) -> Int { Int((max(0, min(seconds, 1e7)) * 100).rounded()) }

    private static func clock(_ time: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(time / 360_000):\(two(time / 6000 % 60)):\(two(time / 100 % 60)).\(two(time % 100))"
    }
}
