import Primitives

/// A text with places for what an alert is about, as Prometheus has them: `{{ $value }}`, `{{ $threshold }}`, `{{ $labels.script }}`,
/// `{{ or $labels.script "some script" }}` for a label that may be missing, and numbers in other forms:
/// `{{ $value | humanizePercentage }}`.
package struct Template: Sendable, Hashable {
    /// How a number is written (Prometheus, "Template reference", Numbers).
    enum Form: String, Sendable, Hashable, CaseIterable {
        case plain
        /// 0.35 is 35%.
        case percentage = "humanizePercentage"
        /// Of seconds: 134 is 2m14s.
        case duration = "humanizeDuration"

        func text(_ value: Double) -> String {
            switch self {
            case .plain: Template.number(value)
            case .percentage: Template.number(value * 100) + "%"
            case .duration: abs(value) < 1e9 ? TimeSpan.text(.seconds(value.rounded())) : Template.number(value)
            }
        }
    }

    enum Piece: Sendable, Hashable {
        case text(String)
        case value(Form)
        case threshold(Form)
        /// What stands there when the alert has no such label.
        case label(String, otherwise: String)
        /// The values of labels that the alert has, and a colon.
        case group([String])
    }

    private let pieces: [Piece]

    init(pieces: [Piece]) { self.pieces = pieces }

    /// - Throws: `TemplateError` for a place that is not closed or names nothing known.
    package init(_ text: String) throws(TemplateError) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<open.lowerBound]))) }
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { throw TemplateError("{{ is not closed") }
            pieces.append(try Self.piece(rest[..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    private static func piece(_ text: Substring) throws(TemplateError) -> Piece {
        if let match = text.wholeMatch(of: /\s*or\s+\$labels\.(\w+)\s+"([^"]*)"\s*/) {
            return .label(String(match.1), otherwise: String(match.2))
        }
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map { $0.filter { !$0.isWhitespace } }
        let form = parts.count == 2 ? Form.allCases.first { $0 != .plain && $0.rawValue == parts[1] } : .plain
        switch (parts[0], form) {
        case ("$value", let form?) where parts.count <= 2: return .value(form)
        case ("$threshold", let form?) where parts.count <= 2: return .threshold(form)
        case (let name, _) where parts.count == 1 && name.hasPrefix("$labels.") && name.count > 8:
            return .label(String(name.dropFirst(8)), otherwise: "")
        default:
            throw TemplateError(
                """
                there is no \(text.filter { !$0.isWhitespace }); there are $value, $threshold, $labels.<name>, \
                or $labels.<name> "…", $value | humanizePercentage and $value | humanizeDuration
                """)
        }
    }

    /// The text for one alert; a label that it has not is empty, or what the text gives instead.
    package func filled(value: Double, threshold: Double?, labels: LabelSet) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): return text
            case .value(let form): return form.text(value)
            case .threshold(let form): return threshold.map(form.text) ?? ""
            case .label(let name, let otherwise): return labels[name].flatMap { $0.isEmpty ? nil : $0 } ?? otherwise
            case .group(let names):
                let values = names.compactMap { labels[$0] }
                return values.isEmpty ? "" : values.joined(separator: " ") + ": "
            }
        }.joined()
    }

    /// A number as people read it: of four digits, and at least one after the point when it is not whole.
    package static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let size = abs(value)
        let places = size < 10 ? 10_000.0 : size < 100 ? 100 : 10
        let rounded = size < 1e14 ? (value * places).rounded() / places : value
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
