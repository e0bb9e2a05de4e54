package import ModelRouting

/// On whose account a call is made, and what they want beside the answer.
package final class ModelCaller: Sendable {
    /// The identifier of the key, or of the person who has logged in.
    package let key: String
    /// The person who calls, or whose key it is; `nil` for a key of an organisation.
    package let user: String?
    /// In whose name the call is made.
    package let organisation: String?
    /// What the caller counts together.
    package let session: String?
    /// What the call is made for.
    package let labels: CallLabels
    /// The models that the key may use; `nil` for all.
    package let allowed: ModelAllowList?
    package let wishes: RoutingWishes
    /// `nil` for a call that neither takes an answer from the cache nor leaves one there.
    package let cache: CacheControl?
    /// Whether everybody's spending may be seen.
    package let isAdministrator: Bool
    /// Whether what is said is told with the calls' figures.
    package let logsContent: Bool
    /// Identifies the request in logs and errors.
    package let requestID: String?

    package init(
        key: String, user: String?, organisation: String? = nil, session: String? = nil, labels: CallLabels = CallLabels(),
        allowed: ModelAllowList? = nil, wishes: RoutingWishes = RoutingWishes(), cache: CacheControl? = nil,
        isAdministrator: Bool = false, logsContent: Bool = false, requestID: String? = nil
    ) {
        (self.key, self.user, self.organisation, self.session, self.labels) = (key, user, organisation, session, labels)
        (self.allowed, self.wishes, self.cache) = (allowed, wishes, cache)
        (self.isAdministrator, self.logsContent, self.requestID) = (isAdministrator, logsContent, requestID)
    }

    /// On whose account it is, as files and jobs have an owner: the organisation's, else the user's.
    package var owner: String { organisation ?? user ?? key }

    /// In whose budgets and limits the calls are. A session's name is the caller's own choice: it counts together with the
    /// owner's other calls only.
    package var account: BudgetCaller {
        BudgetCaller(key: key, user: user, organisation: organisation, session: session.map { owner + "/" + $0 })
    }
}
