package import Primitives

/// Letters of a text that no font on this machine has.
package struct MissingLetters: Sendable, Equatable {
    /// Letters that a warning names.
    private static let mostNamed = 20

    /// In order of their codes.
    package let letters: [Unicode.Scalar]

    /// - Parameter codes: what libass has looked for in vain; marks that are never seen are none of them.
    init(_ codes: [UInt32]) {
        letters = codes.compactMap(Unicode.Scalar.init).filter { letter in
            !letter.properties.isDefaultIgnorableCodePoint && !letter.properties.isWhitespace
                && letter.properties.generalCategory != .control
        }.sorted()
    }

    package init() { letters = [] }

    /// Of the member `warnings` of measurements.
    package static var schema: JSONValue {
        [
            "type": "array", "description": "What is not as it was asked for.",
            "items": [
                "type": "object", "required": ["code", "message"],
                "properties": ["code": ["type": "string"], "message": ["type": "string"]],
            ],
        ]
    }

    /// What is to be told; empty when every letter was found.
    package var warnings: JSONValue {
        guard !letters.isEmpty else { return [] }
        let named = letters.prefix(Self.mostNamed).map { letter in
            let code = String(letter.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
        }
        let rest = letters.count > Self.mostNamed ? " and \(letters.count - Self.mostNamed) more" : ""
        let sentence =
            "no font on this machine has \(named.joined(separator: ", "))\(rest): boxes stand in their place; "
            + "install a font that has them"
        return [["code": "letters-missing", "message": .string(sentence)]]
    }
}
