package import Contracts
package import Primitives

/// What a new key shall be.
package struct KeyRequest: Sendable {
    /// What the key is for.
    package var name: String
    /// Whose files and jobs it reaches; its maker's when `nil`.
    package var owner: String?
    /// Whose limits apply; its maker's when `nil`.
    package var tier: String?
    package var scopes: Set<Scope>
    package var expires: Timestamp?
    /// The models that it may use; its maker's when `nil`.
    package var models: KeyModels?
    /// Whether the messages about its calls of language models carry what was said.
    package var logsContent: Bool

    package init(
        name: String, owner: String? = nil, tier: String? = nil, scopes: Set<Scope>, expires: Timestamp? = nil,
        models: KeyModels? = nil, logsContent: Bool = false
    ) {
        (self.name, self.owner, self.tier, self.scopes, self.expires) = (name, owner, tier, scopes, expires)
        (self.models, self.logsContent) = (models, logsContent)
    }

    /// - Throws: `GatewayError.keyInvalid`.
    func validate(now: Timestamp = .now()) throws(GatewayError) {
        for (field, value) in [("name", name), ("owner", owner), ("tier", tier)] {
            if let value { try Self.check(value, field) }
        }
        try models?.validate()
        guard !scopes.isEmpty else { throw .keyInvalid("a key needs at least one scope") }
        if let unknown = scopes.sorted().first(where: { !Scope.all.contains($0) }) {
            let known = Scope.all.map(\.rawValue).joined(separator: ", ")
            throw .keyInvalid("there is no scope \(unknown.rawValue.prefix(100)); the scopes are: \(known)")
        }
        guard expires.map({ $0 > now }) ?? true else { throw .keyInvalid("the key would have expired already") }
    }

    /// - Throws: `GatewayError.keyInvalid`.
    static func check(_ value: String, _ field: String) throws(GatewayError) {
        guard (1...100).contains(value.utf8.count),
            !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw .keyInvalid("a key's \(field) has 1 to 100 bytes and no control characters") }
    }
}
