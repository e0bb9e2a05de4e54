package import ModelRouting

/// On whose account a call is made, and what they want beside the answer.
package struct ModelCaller: Sendable {
    /// The identifier of the key.
    package var key: String
    /// Whose key it is.
    package var user: String
    /// What the caller counts together.
    package var session: String?
    /// The models that the key may use; `nil` for all.
    package var allowed: ModelAllowList?
    package var wishes = RoutingWishes()
    /// `nil` for a call that neither takes an answer from the cache nor leaves one there.
    package var cache: CacheControl?
    /// Identifies the request in logs and errors.
    package var requestID: String?

    package init(key: String, user: String, session: String? = nil, allowed: ModelAllowList? = nil) {
        (self.key, self.user, self.session, self.allowed) = (key, user, session, allowed)
    }

    var budgets: BudgetCaller { BudgetCaller(key: key, user: user, session: session) }
}
