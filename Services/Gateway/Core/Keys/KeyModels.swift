/// The models that a key may use.
package struct KeyModels: Sendable, Hashable {
    /// Ids or aliases, or beginnings of them with a star: `gpt-5*`; `nil` for every model, none for no model.
    package let patterns: [String]?

    /// - Parameter patterns: at most 200; `nil` for every model.
    package init(_ patterns: [String]?) {
        self.patterns = patterns
    }

    package static let all = KeyModels(nil)

    /// Whether everything that other patterns allow is allowed here.
    package func covers(_ other: KeyModels) -> Bool {
        guard let patterns else { return true }
        guard let others = other.patterns else { return false }
        let beginnings = patterns.filter { $0.hasSuffix("*") }.map { $0.dropLast() }
        return others.allSatisfy { pattern in patterns.contains(pattern) || beginnings.contains(where: pattern.hasPrefix) }
    }

    /// - Throws: `GatewayError.keyInvalid`.
    func validate() throws(GatewayError) {
        guard let patterns else { return }
        guard patterns.count <= 200 else { throw .keyInvalid("a key names at most 200 models") }
        for pattern in patterns {
            let name = pattern.hasSuffix("*") ? pattern.dropLast() : pattern[...]
            guard pattern.utf8.count <= 200, !pattern.isEmpty, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x2A })
            else {
                throw .keyInvalid("a model is named by 1 to 200 ASCII characters, with a star at the end only")
            }
        }
    }

    /// The form in which the patterns are kept: one a line; NULL for every model.
    var text: String? { patterns?.joined(separator: "\n") }

    init(text: String?) {
        patterns = text?.split(separator: "\n").map(String.init)
    }
}
