/// Members of a caller's `metadata` that are for the gateway: no provider is told what a call is made for, and some refuse names
/// that they do not know.
enum OwnLabels {
    private static let names = ["video", "channel"]

    static func contains(_ name: String) -> Bool { names.contains(name) }

    /// - Parameter metadata: an object, or null.
    /// - Returns: what is for the provider; `nil` when that is nothing.
    static func rest(of metadata: JSONNode) -> RawJSON? {
        var others: [(name: String, value: RawJSON)] = []
        metadata.members { name, value in
            if !contains(name) { others.append((name, value.raw)) }
        }
        guard !others.isEmpty else { return nil }
        var json = JSONBuilder(capacity: metadata.range.count)
        json.object { json in
            for (name, value) in others {
                json.key(named: name)
                json.value(value)
            }
        }
        return RawJSON(unchecked: json.bytes)
    }
}
