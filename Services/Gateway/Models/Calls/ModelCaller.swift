package import ModelRouting

/// On whose account a call is made, and what they want beside the answer.
package struct ModelCaller: Sendable {
    /// The identifier of the key, or of the person who has logged in.
    package var key: String
    /// The person who calls, or whose key it is; `nil` for a key of an organisation.
    package var user: String?
    /// In whose name the call is made.
    package var organisation: String?
    /// What the caller counts together.
    package var session: String?
    /// What the call is made for.
    package var labels = CallLabels()
    /// The models that the key may use; `nil` for all.
    package var allowed: ModelAllowList?
    package var wishes = RoutingWishes()
    /// `nil` for a call that neither takes an answer from the cache nor leaves one there.
    package var cache: CacheControl?
    /// Whether everybody's spending may be seen.
    package var isAdministrator = false
    /// Whether what is said is told with the calls' figures.
    package var logsContent = false
    /// Identifies the request in logs and errors.
    package var requestID: String?

    package init(
        key: String, user: String?, organisation: String? = nil, session: String? = nil, allowed: ModelAllowList? = nil
    ) {
        (self.key, self.user, self.organisation, self.session, self.allowed) = (key, user, organisation, session, allowed)
    }

    /// On whose account it is, as files and jobs have an owner: the organisation's, else the user's.
    package var owner: String { organisation ?? user ?? key }

    /// In whose budgets and limits the calls are. A session's name is the caller's own choice: it counts together with the
    /// owner's other calls only.
    package var account: BudgetCaller {
        BudgetCaller(key: key, user: user, organisation: organisation, session: session.map { owner + "/" + $0 })
    }
}
