/// A media type with its parameters (RFC 9110, section 8.3.1), such as `text/plain; charset=utf-8`.
package struct MediaType: Sendable, Hashable, CustomStringConvertible {
    /// Lower case.
    package let type: String
    /// Lower case.
    package let subtype: String
    /// Names in lower case.
    package let parameters: [String: String]

    /// - Returns: `nil` when the text is no media type.
    package init?(parsing text: String) {
        let parts = Self.split(text)
        let names = parts[0].trimmingBlanks().split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy(Self.isToken) else { return nil }
        (type, subtype) = (names[0].lowercased(), names[1].lowercased())
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.trimmingBlanks()
            guard !pair.isEmpty else { continue }
            guard let equals = pair.firstIndex(of: "="), Self.isToken(pair[..<equals]),
                let value = Self.value(pair[pair.index(after: equals)...])
            else { return nil }
            parameters[pair[..<equals].lowercased()] = value
        }
        self.parameters = parameters
    }

    /// Type and subtype, without parameters.
    package var essence: String { type + "/" + subtype }

    package var isJSON: Bool { essence == "application/json" || subtype.hasSuffix("+json") }

    package var description: String {
        parameters.sorted { $0.key < $1.key }.reduce(essence) { text, parameter in
            let plain = Self.isToken(Substring(parameter.value))
            let quoted = parameter.value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
            return text + "; \(parameter.key)=" + (plain ? parameter.value : "\"\(quoted)\"")
        }
    }

    /// Splits at semicolons outside quotes.
    private static func split(_ text: String) -> [Substring] {
        var (quoted, escaped) = (false, false)
        return text.split(omittingEmptySubsequences: false) { character in
            if escaped {
                escaped = false
            } else if quoted && character == "\\" {
                escaped = true
            } else if character == "\"" {
                quoted.toggle()
            }
            return character == ";" && !quoted
        }
    }

    private static func value(_ text: Substring) -> String? {
        guard text.first == "\"" else { return isToken(text) ? String(text) : nil }
        guard text.count >= 2, text.last == "\"" else { return nil }
        var (value, escaped) = ("", false)
        for character in text.dropFirst().dropLast() {
            if !escaped && character == "\\" {
                escaped = true
            } else {
                value.append(character)
                escaped = false
            }
        }
        return escaped ? nil : value
    }

    private static func isToken(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy(\.isToken) }
}
