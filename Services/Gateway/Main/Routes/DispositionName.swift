import GatewayCore
import HTTP

/// The file name in a `Content-Disposition` (RFC 6266).
enum DispositionName {
    /// - Returns: `filename*` before `filename`; `nil` when there is neither.
    /// - Throws: `GatewayError.fileName` when `filename*` is not percent-encoded UTF-8.
    static func parse(_ disposition: String) throws -> String? {
        let parameters = parameters(disposition)
        if let extended = parameters["filename*"] {
            let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].lowercased() == "utf-8",
                let name = PercentEncoding.decode(parts[2], plusIsSpace: false)
            else {
                throw GatewayError.fileName("filename* must be UTF-8''<percent-encoded name>")
            }
            return name
        }
        return parameters["filename"]
    }

    /// `name=value` pairs after the first semicolon; values may be quoted.
    static func parameters(_ field: String) -> [String: String] {
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
