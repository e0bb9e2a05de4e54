/// A call that has ended, with what is known of it beside its figures. A class: the ledger, the audit log and the messages to the
/// rest of the studio share one.
package final class EndedCall: Sendable {
    package let record: CallRecord
    /// What it was made for.
    package let labels: CallLabels
    /// What led to it.
    let decision: RouteDecision?
    /// What was said; `nil` unless the caller's key has that logged.
    package let content: CallContent?

    package init(
        _ record: CallRecord, labels: CallLabels = CallLabels(), decision: RouteDecision? = nil, content: CallContent? = nil
    ) {
        (self.record, self.labels, self.decision, self.content) = (record, labels, decision, content)
    }
}
