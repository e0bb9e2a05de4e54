/// What of a request can be signed.
package struct SignedRequest: Sendable {
    /// `POST`
    package var method: String
    /// The host and port of the request, from `Host` or `:authority`.
    package var authority: String
    /// The path as it was sent, percent signs and all; `/` when it is empty.
    package var path: String
    /// What follows the question mark; `nil` without one.
    package var query: String?
    /// `https` or `http`, as the caller sees it.
    package var scheme: String
    /// The header fields in their order; names in any case.
    package var fields: [(name: String, value: String)]

    package init(
        method: String, scheme: String = "https", authority: String, path: String, query: String? = nil,
        fields: [(name: String, value: String)] = []
    ) {
        (self.method, self.scheme, self.authority, self.path, self.query) = (method, scheme, authority, path, query)
        self.fields = fields
    }

    /// The value of a component (RFC 9421, 2.1 and 2.2).
    /// - Parameter name: a derived component such as `@method`, or the name of a field in lower case.
    /// - Returns: `nil` for a field that the request has not and for components that are not known here.
    func value(of name: String) -> String? {
        switch name {
        case "@method": method
        case "@scheme": scheme.lowercased()
        case "@authority": normalisedAuthority
        case "@path": path.isEmpty ? "/" : path
        case "@query": "?" + (query ?? "")
        case "@request-target": target
        case "@target-uri": "\(scheme.lowercased())://\(normalisedAuthority)\(target)"
        default: name.hasPrefix("@") ? nil : field(name)
        }
    }

    /// The values of all fields of a name, joined; a line break inside one can not be signed and so gives `nil`.
    func field(_ name: String) -> String? {
        let values = fields.filter { $0.name.lowercased() == name }.map { Self.trimmed($0.value) }
        guard !values.isEmpty, !values.contains(where: { $0.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 } }) else { return nil }
        return values.joined(separator: ", ")
    }

    private var target: String { (path.isEmpty ? "/" : path) + (query.map { "?" + $0 } ?? "") }

    /// Lower case, without the scheme's default port (RFC 9421, 2.2.3).
    private var normalisedAuthority: String {
        let text = authority.lowercased()
        let port = scheme.lowercased() == "https" ? ":443" : ":80"
        return text.hasSuffix(port) ? String(text.dropLast(port.utf8.count)) : text
    }

    private static func trimmed(_ text: String) -> String {
        let bytes = text.utf8.drop { $0 == 32 || $0 == 9 }
        return String(decoding: bytes.prefix(bytes.count - bytes.reversed().prefix { $0 == 32 || $0 == 9 }.count), as: UTF8.self)
    }
}
