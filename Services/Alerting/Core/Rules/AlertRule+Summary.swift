import Primitives

extension AlertRule.Definition {
    /// What an alert says of itself when its rule does not: of whom, of what, how much, and how much is too much.
    var summary: Template {
        let span = TimeSpan.text(window)
        return Template(pieces: [.group(by)] + pieces(span))
    }

    private func pieces(_ span: String) -> [Template.Piece] {
        switch kind {
        case .threshold(let selector, let function, let bound):
            [.text("the \(function.name) of \(selector.metric) in \(span) is "), .value(.plain)] + limit(bound, .plain)
        case .absence(let selector): [.text("no \(selector.metric) for \(span)")]
        case .change(let selector, let function, let bound):
            [.text("the \(function.name) of \(selector.metric) in \(span) changed by "), .value(.plain), .text(" per cent")]
                + limit(bound, .plain)
        case .ratio(let part, let whole, let bound, _):
            [.text("\(part.metric) is "), .value(.percentage), .text(" of \(whole.metric) in \(span)")] + limit(bound, .percentage)
        }
    }

    private func limit(_ bound: AlertRule.Bound, _ form: Template.Form) -> [Template.Piece] {
        [.text(", \(bound.sign.rawValue.replacing("_", with: " ")) "), .threshold(form)]
    }
}
