/// How text looks.
package struct TextStyle: Sendable, Hashable {
    /// What comes with the studio.
    package static let defaultFont = "DejaVu Sans"

    /// What lies behind the letters.
    package enum Backing: String, Sendable, Hashable, CaseIterable {
        /// A line around the letters and a shadow.
        case outline
        /// A box behind the whole text.
        case box
        case none
    }

    /// Where text stands, as on the keys of a number pad.
    package enum Place: String, Sendable, Hashable, CaseIterable {
        case bottomLeft = "bottom-left"
        case bottom
        case bottomRight = "bottom-right"
        case left
        case center
        case right
        case topLeft = "top-left"
        case top
        case topRight = "top-right"

        var key: Int { (Self.allCases.firstIndex(of: self) ?? 1) + 1 }
    }

    package var font = TextStyle.defaultFont
    /// Pixels from line to line.
    package var size = 48.0
    package var color = TextColor(255, 255, 255)
    /// Of the word that is being spoken.
    package var highlight = TextColor(255, 214, 0)
    package var outlineColor = TextColor(0, 0, 0)
    /// Pixels.
    package var outline = 2.0
    package var shadow = 0.0
    package var backing = Backing.outline
    package var boxColor = TextColor(0, 0, 0, opacity: 160)
    package var isBold = false
    package var isItalic = false
    package var place = Place.bottom
    /// Pixels kept free at the left, the right, and above or below.
    package var margins: (left: Int, right: Int, vertical: Int) {
        get { (marginLeft, marginRight, marginVertical) }
        set { (marginLeft, marginRight, marginVertical) = newValue }
    }
    private var marginLeft = 0
    private var marginRight = 0
    private var marginVertical = 0

    package init() {}

    /// A line of the script's list of styles.
    func line(named name: String) -> String {
        // A box (style 4) covers the whole text; its padding is the shadow's width, which is not drawn then.
        let (border, padding) = backing == .box ? (4, (size / 5).rounded()) : (1, backing == .none ? 0 : shadow)
        let fields: [String] = [
            name, font.filter { $0 != "," && !$0.isNewline }, "\(size)", color.script, highlight.script, outlineColor.script,
            (backing == .box ? boxColor : TextColor(0, 0, 0, opacity: 128)).script, isBold ? "-1" : "0", isItalic ? "-1" : "0",
            "0", "0", "100", "100", "0", "0", "\(border)", "\(backing == .outline ? outline : 0)", "\(padding)", "\(place.key)",
            "\(marginLeft)", "\(marginRight)", "\(marginVertical)",
            // The direction of writing is found out by the letters.
            "-1",
        ]
        return "Style: " + fields.joined(separator: ",")
    }
}
