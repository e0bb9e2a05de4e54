import Contracts
package import VideoText

/// How a person asks for text to look, in measures that fit pictures of any size.
package struct TextSettings: Sendable, Hashable {
    package var font = TextStyle.defaultFont
    /// Hundredths of the picture's shorter side, from line to line.
    package var size = 5.5
    package var color = "#ffffff"
    package var highlight = "#ffd600"
    package var outlineColor = "#000000"
    /// Hundredths of the letters' size.
    package var outline = 6.0
    package var backing = TextStyle.Backing.outline
    package var boxColor = "#000000a0"
    package var isBold = true
    package var place = TextStyle.Place.bottom
    package var safeArea = SafeArea.standard

    package init() {}

    /// - Parameters: of the picture, pixels.
    /// - Throws: `TextError.notAColor`.
    package func style(width: Int, height: Int) throws(TextError) -> TextStyle {
        var style = TextStyle()
        style.font = font
        style.size = max(1, size / 100 * Double(min(width, height)))
        style.color = try TextColor(color)
        style.highlight = try TextColor(highlight)
        style.outlineColor = try TextColor(outlineColor)
        style.outline = outline / 100 * style.size
        style.backing = backing
        style.boxColor = try TextColor(boxColor)
        style.isBold = isBold
        style.place = place
        let isTop = [.top, .topLeft, .topRight].contains(place)
        style.margins = safeArea.margins(width: width, height: height, isTop: isTop)
        return style
    }

    /// - Throws: `TextError.notAColor`, `.unknownFont`.
    package func check() throws(TextError) {
        _ = try style(width: 100, height: 100)
        try FontCatalogue().check(font)
    }
}

/// Parameters of an operation that writes text on pictures.
package protocol WritesText: Sendable {
    var text: TextSettings { get set }
}

extension WritesText {
    /// The fields that every such operation has.
    static var textFields: [Field<Self>] {
        [
            .text("font", \Self.text.font, maximumLength: 100, "The font's family, as it is installed."),
            .number(
                "size_percent", \Self.text.size, in: 1...40, unit: "%",
                "Size of the letters, in parts of the picture's shorter side."),
            .text("color", \Self.text.color, maximumLength: 9, "Of the letters: #rrggbb, or #rrggbbaa with opacity."),
            .text("highlight_color", \Self.text.highlight, maximumLength: 9, "Of the word that is being spoken."),
            .text("outline_color", \Self.text.outlineColor, maximumLength: 9, "Of the line around the letters."),
            .number("outline_percent", \Self.text.outline, in: 0...30, unit: "%", "Its width, in parts of the letters' size."),
            .choice("backing", \Self.text.backing, "What stands behind the letters: a line around them, a box, or nothing."),
            .text("box_color", \Self.text.boxColor, maximumLength: 9, "Of the box."),
            .flag("bold", \Self.text.isBold, "Whether the letters are bold."),
            .choice("position", \Self.text.place, "Where the text stands."),
            .choice("safe_area", \Self.text.safeArea, "Keeps clear of what a platform shows over the picture."),
        ]
    }
}
