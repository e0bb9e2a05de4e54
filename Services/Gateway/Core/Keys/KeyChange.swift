/// What of a key shall be changed; what is `nil` stays.
package struct KeyChange: Sendable {
    /// What the key is for.
    package var name: String?
    package var models: KeyModels?

    package init(name: String? = nil, models: KeyModels? = nil) {
        (self.name, self.models) = (name, models)
    }

    /// - Throws: `GatewayError.keyInvalid`.
    func validate() throws(GatewayError) {
        if let name { try KeyRequest.check(name, "name") }
        try models?.validate()
    }
}
