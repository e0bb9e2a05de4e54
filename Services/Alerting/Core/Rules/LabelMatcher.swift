package import Primitives

/// A condition on one label, as Alertmanager writes it: `severity="critical"`, `script=~"audio.*"`, `team!="video"`, `!~`.
package struct LabelMatcher: Sendable, Hashable, CustomStringConvertible {
    package let name: String
    package let value: String
    package let isRegex: Bool
    /// Whether the label must fit; else it must not.
    package let isEqual: Bool
    private let pattern: Pattern?

    /// - Throws: `MatcherError` for an empty name, a text that is too long, or a pattern that can not be used.
    package init(name: String, value: String, isRegex: Bool = false, isEqual: Bool = true) throws(MatcherError) {
        guard (1...64).contains(name.utf8.count), value.utf8.count <= 256 else {
            throw MatcherError("a matcher has a name of up to 64 and a value of up to 256 bytes")
        }
        (self.name, self.value, self.isRegex, self.isEqual) = (name, value, isRegex, isEqual)
        pattern = isRegex ? try Pattern(value) : nil
    }

    /// Reads `name="value"`, with `=`, `!=`, `=~` or `!~`; the quotes may be left out.
    /// - Throws: `MatcherError`.
    package init(_ text: String) throws(MatcherError) {
        guard let place = text.firstIndex(where: { $0 == "=" || $0 == "!" }) else {
            throw MatcherError("a matcher looks like severity=\"critical\", with =, !=, =~ or !~")
        }
        let (name, rest) = (Self.trimmed(text[..<place]), text[place...])
        guard let sign = ["=~", "!~", "!=", "="].first(where: rest.hasPrefix) else {
            throw MatcherError("a matcher has one of =, !=, =~ and !~")
        }
        var value = Self.trimmed(rest.dropFirst(sign.count))
        if value.count >= 2, value.first == "\"", value.last == "\"" {
            value = String(value.dropFirst().dropLast()).replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
        }
        try self.init(name: name, value: value, isRegex: sign.hasSuffix("~"), isEqual: !sign.hasPrefix("!"))
    }

    /// Whether the labels fit; a label that is missing is empty.
    package func fits(_ labels: LabelSet) -> Bool { fits(labels[name] ?? "") }

    /// Whether a label's value fits.
    package func fits(_ text: String) -> Bool { (pattern.map { $0.fits(text) } ?? (text == value)) == isEqual }

    package var description: String { "\(name)\(isEqual ? "=" : "!")\(isRegex ? "~" : isEqual ? "" : "=")\"\(value)\"" }

    /// The matcher as Alertmanager's API has it.
    package var document: JSONValue {
        ["name": .string(name), "value": .string(value), "isRegex": .bool(isRegex), "isEqual": .bool(isEqual)]
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

/// A matcher that can not be used.
package struct MatcherError: CodedError, Equatable {
    package let message: String
    package var code: String { "invalid-matcher" }

    init(_ message: String) { self.message = message }
}
