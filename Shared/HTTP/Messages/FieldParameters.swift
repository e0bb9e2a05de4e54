/// The parameters of a header field such as `Content-Disposition` or `Content-Type` (RFC 9110, section 5.6.6).
package enum FieldParameters {
    /// `name=value` pairs after the first semicolon; values may be quoted.
    /// - Returns: the values by name, names in lower case.
    package static func of(_ field: String) -> [String: String] {
        var parameters: [String: String] = [:]
        var rest = field.drop { $0 != ";" }
        while rest.first == ";" {
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest[name.endIndex...]
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    value.append(character == "\\" ? rest.popFirst() ?? character : character)
                }
                rest = rest.drop { $0 != ";" }
            } else {
                value = String(rest.prefix { $0 != ";" })
                rest = rest[rest.index(rest.startIndex, offsetBy: value.count)...]
                while value.last == " " { value.removeLast() }
            }
            parameters[name.lowercased()] = value
        }
        return parameters
    }
}
