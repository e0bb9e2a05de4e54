import Primitives

/// A text with places for what an alert is about: `{{ $value }}`, `{{ $threshold }}`, `{{ $labels.script }}`.
package struct Template: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case text(String)
        case value, threshold
        case label(String)
    }

    private let pieces: [Piece]

    /// - Throws: `TemplateError` for a place that is not closed or names nothing known.
    package init(_ text: String) throws(TemplateError) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<open.lowerBound]))) }
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { throw TemplateError("{{ is not closed") }
            let name = rest[..<close.lowerBound].filter { !$0.isWhitespace }
            rest = rest[close.upperBound...]
            switch name {
            case "$value": pieces.append(.value)
            case "$threshold": pieces.append(.threshold)
            case _ where name.hasPrefix("$labels.") && name.count > 8: pieces.append(.label(String(name.dropFirst(8))))
            default: throw TemplateError("there is no \(name); there are $value, $threshold and $labels.<name>")
            }
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    /// The text for one alert; a label that it has not is empty.
    package func filled(value: Double, threshold: Double?, labels: LabelSet) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .value: Self.number(value)
            case .threshold: threshold.map(Self.number) ?? ""
            case .label(let name): labels[name] ?? ""
            }
        }.joined()
    }

    /// A number as people read it: four digits after the point at most.
    package static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let rounded = abs(value) < 1e15 ? (value * 10_000).rounded() / 10_000 : value
        if rounded == rounded.rounded(), abs(rounded) < 1e15 { return "\(Int64(rounded))" }
        return "\(rounded)"
    }
}

/// A template that can not be filled.
package struct TemplateError: CodedError, Equatable {
    package let message: String
    package var code: String { "invalid-template" }

    init(_ message: String) { self.message = message }
}
