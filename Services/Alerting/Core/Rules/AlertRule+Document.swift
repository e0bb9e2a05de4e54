import Primitives

extension AlertRule.Definition {
    /// What is measured and when it is too much, as the API shows it: members of a rule's document.
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "kind": .string(kind.name), "window": .string(TimeSpan.text(window)), "by": .array(by.map(JSONValue.string)),
            "limit": JSONValue(kind.bound?.limit), "comparison": JSONValue(kind.bound?.sign.rawValue), "function": .null,
            "all": .null, "minimum": .null,
        ]
        switch kind {
        case .threshold(let selector, let function, _), .change(let selector, let function, _):
            members.merge(selector.members) { _, new in new }
            members["function"] = .string(function.name)
        case .absence(let selector): members.merge(selector.members) { _, new in new }
        case .ratio(let part, let whole, _, let minimum):
            members.merge(part.members) { _, new in new }
            (members["all"], members["minimum"]) = (.object(whole.members), .number(minimum))
        }
        return members
    }
}

extension AlertRule.Selector {
    fileprivate var members: [String: JSONValue] {
        ["metric": .string(metric), "where": .array(matchers.map { .string($0.description) })]
    }
}
