import Primitives
import VideoText

extension TextSettings {
    /// Members of a document that tell how text looks.
    static let members = [
        "font", "size_percent", "color", "highlight_color", "outline_color", "outline_percent", "backing", "box_color", "bold",
        "position", "safe_area",
    ]

    init(_ fields: CompositionFields) throws(CompositionError) {
        self.init()
        if let name = try fields.text("font") { font = name }
        if let number = try fields.number("size_percent", in: 1...40) { size = number }
        color = try fields.colorText("color") ?? color
        highlight = try fields.colorText("highlight_color") ?? highlight
        outlineColor = try fields.colorText("outline_color") ?? outlineColor
        if let number = try fields.number("outline_percent", in: 0...30) { outline = number }
        if let choice = try fields.choice("backing", TextStyle.Backing.self) { backing = choice }
        boxColor = try fields.colorText("box_color") ?? boxColor
        if fields.has("bold") { isBold = try fields.flag("bold") }
        if let choice = try fields.choice("position", TextStyle.Place.self) { place = choice }
        if let choice = try fields.choice("safe_area", SafeArea.self) { safeArea = choice }
    }

    /// JSON Schema of the members.
    static var schemaProperties: [String: JSONValue] {
        func names<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> JSONValue {
            ["enum": .array(Choice.allCases.map { .string($0.rawValue) })]
        }
        let color: JSONValue = ["type": "string", "pattern": "^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$"]
        return [
            "font": ["type": "string", "default": .string(TextStyle.defaultFont)],
            "size_percent": [
                "type": "number", "minimum": 1, "maximum": 40, "default": 5.5, "x-unit": "%",
                "description": "Size of the letters, in parts of the picture's shorter side.",
            ],
            "color": color, "highlight_color": color, "outline_color": color, "box_color": color,
            "outline_percent": ["type": "number", "minimum": 0, "maximum": 30, "default": 6, "x-unit": "%"],
            "backing": names(TextStyle.Backing.self), "bold": ["type": "boolean", "default": true],
            "position": names(TextStyle.Place.self), "safe_area": names(SafeArea.self),
        ]
    }
}

extension CompositionFields {
    func color(_ key: String) throws(CompositionError) -> TextColor? {
        guard let text = try text(key) else { return nil }
        do {
            return try TextColor(text)
        } catch {
            throw failure(key, "is no colour: write #rrggbb or, with opacity, #rrggbbaa")
        }
    }

    fileprivate func colorText(_ key: String) throws(CompositionError) -> String? {
        _ = try color(key)
        return try text(key)
    }
}
