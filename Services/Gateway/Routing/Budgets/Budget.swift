package import Primitives

/// How much may be spent in a period.
package struct Budget: Sendable, Hashable {
    /// What happens to a call that does not fit.
    package enum AtLimit: String, Sendable, Hashable, CaseIterable {
        /// It is refused.
        case stop
        /// It goes to a model that is cheap enough, if there is one.
        case reroute
    }

    /// Chosen by who makes it; unique.
    package let id: String
    package let kind: BudgetScope.Kind
    /// Whose budget it is; `nil` for everybody of this kind, each on their own. A budget for one takes the place of the one for
    /// everybody with the same period.
    package let subject: String?
    package let period: BudgetPeriod
    package var limit: Money
    package var atLimit: AtLimit
    /// Per cent of the limit at which an event is given, once in a period; 1 to 100.
    package var thresholds: [Int]

    package init(
        id: String, kind: BudgetScope.Kind, subject: String? = nil, period: BudgetPeriod, limit: Money, atLimit: AtLimit = .stop,
        thresholds: [Int] = [50, 80, 100]
    ) {
        (self.id, self.kind, self.subject, self.period) = (id, kind, subject, period)
        (self.limit, self.atLimit, self.thresholds) = (limit, atLimit, thresholds)
    }

    /// - Throws: `BudgetError.invalid` saying what is wrong.
    package func validate() throws(BudgetError) {
        guard (1...200).contains(id.utf8.count) else { throw .invalid("a budget's id must have 1 to 200 bytes") }
        if let subject, !(1...200).contains(subject.utf8.count) { throw .invalid("a budget's subject must have 1 to 200 bytes") }
        guard limit >= .zero, limit <= .maximum else { throw .invalid("a budget's limit must be $0 to \(Money.maximum)") }
        guard thresholds.count <= 20, thresholds.allSatisfy((1...100).contains) else {
            throw .invalid("thresholds must be 1 to 100 per cent, at most 20 of them")
        }
    }

    package var json: JSONValue {
        [
            "id": .string(id), "scope": .string(kind.rawValue), "subject": JSONValue(subject), "period": .string(period.rawValue),
            "limit": limit.json, "at_limit": .string(atLimit.rawValue),
            "thresholds": .array(thresholds.sorted().map { JSONValue($0) }),
        ]
    }
}
