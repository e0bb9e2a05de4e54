import FoundationEssentials
package import Primitives

/// Where an owner wants events to be sent.
package struct WebhookEndpoint: Sendable, Hashable {
    /// Why an endpoint gets nothing. Events wait for it meanwhile, but for one that is gone.
    package enum Stop: String, Sendable {
        /// Its owner's wish.
        case paused
        /// It has answered 410.
        case gone
        /// Nothing has arrived for a whole schedule of attempts.
        case failing
    }

    package let id: String
    package let owner: String
    package let url: String
    /// Event types, or beginnings of them with `.*`; all when empty.
    package let types: [String]
    /// Which secret signs.
    package let version: Int
    /// Until when the secret before signs too.
    package let previousUntil: Timestamp?
    package let created: Timestamp
    package let stop: Stop?

    /// Whether the endpoint wants events of a type.
    func wants(_ type: String) -> Bool {
        types.isEmpty || types.contains { $0 == type || ($0.hasSuffix(".*") && type.hasPrefix($0.dropLast())) }
    }

    /// The endpoint as the API shows it.
    package var document: JSONValue {
        [
            "id": .string(id), "url": .string(url), "types": .array(types.map { .string($0) }), "created": .string(created.iso8601),
            "enabled": .bool(stop == nil), "stopped": JSONValue(stop?.rawValue),
        ]
    }

    /// - Parameter plainHosts: hosts for which `http` is good too.
    /// - Throws: `WebhookError.urlInvalid`. That the host is a public one can only be checked when it is connected to.
    static func check(url text: String, plainHosts: Set<String>) throws(WebhookError) {
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let url = URL(string: text),
            let scheme = url.scheme?.lowercased(), let host = url.host(), !host.isEmpty
        else { throw .urlInvalid("a URL looks like https://example.org/hooks and has at most 2048 ASCII characters") }
        guard scheme == "https" || (scheme == "http" && plainHosts.contains(host.lowercased())) else {
            throw .urlInvalid("the URL must begin with https://")
        }
        guard url.user() == nil, url.password() == nil, url.fragment() == nil else {
            throw .urlInvalid("the URL must have no user, password or fragment")
        }
    }

    /// Names of letters, digits and `_` with full stops between them, as Standard Webhooks 1.0 recommends.
    /// - Throws: `WebhookError.typeInvalid`.
    static func check(type: String, allowsStar: Bool) throws(WebhookError) {
        let parts = type.split(separator: ".", omittingEmptySubsequences: false)
        let names = allowsStar && parts.count > 1 && parts.last == "*" ? parts.dropLast() : parts[...]
        let isValid = names.allSatisfy { name in
            !name.isEmpty
                && name.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95 }
        }
        guard isValid, type.utf8.count <= 100 else { throw .typeInvalid(type) }
    }
}
