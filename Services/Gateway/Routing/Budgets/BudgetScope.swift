/// Whose spending a budget holds down.
package struct BudgetScope: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case key, user, organisation, session
    }

    package let kind: Kind
    /// A session's begins with its owner: `ann/chat-1`.
    package let id: String

    package init(_ kind: Kind, _ id: String) {
        (self.kind, self.id) = (kind, id)
    }
}

/// Everybody on whose account a call is.
package struct BudgetCaller: Sendable, Hashable {
    package let scopes: [BudgetScope]

    /// - Parameters: identifiers; those that are `nil` are not looked at.
    package init(key: String? = nil, user: String? = nil, organisation: String? = nil, session: String? = nil) {
        var scopes: [BudgetScope] = []
        scopes.reserveCapacity(4)
        if let key { scopes.append(BudgetScope(.key, key)) }
        if let user { scopes.append(BudgetScope(.user, user)) }
        if let organisation { scopes.append(BudgetScope(.organisation, organisation)) }
        if let session { scopes.append(BudgetScope(.session, session)) }
        self.scopes = scopes
    }
}
