/// What of a key shall be changed; what is `nil` stays.
package struct KeyChange: Sendable {
    /// What the key is for.
    package var name: String?
    package var models: KeyModels?
    package var logsContent: Bool?

    package init(name: String? = nil, models: KeyModels? = nil, logsContent: Bool? = nil) {
        (self.name, self.models, self.logsContent) = (name, models, logsContent)
    }

    /// - Throws: `GatewayError.keyInvalid`.
    func validate() throws(GatewayError) {
        if let name { try KeyRequest.check(name, "name") }
        try models?.validate()
    }
}
