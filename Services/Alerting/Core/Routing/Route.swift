import Primitives

/// A node of the routing tree, with Alertmanager's meaning (prometheus/alertmanager, dispatch/route.go): an alert goes down into
/// the first child that fits, and into further ones after a child that says `continue`; where no child fits it stays.
package struct Route: Sendable, Hashable {
    /// Tells another receiver of what nobody has acknowledged in time.
    package struct Step: Sendable, Hashable {
        package var after: Duration
        package var receiver: String
    }

    package var matchers: [LabelMatcher] = []
    package var receiver = ""
    /// Alerts with the same values of these labels are told together; `...` stands for all labels.
    package var groupBy: [String] = []
    package var groupWait = Duration.milliseconds(500)
    package var groupInterval = Duration.minutes(5)
    package var repeatInterval = Duration.hours(4)
    package var escalation: [Step] = []
    package var isContinued = false
    package var children: [Route] = []
    /// Its place in the tree, such as `0/2`.
    package var path = "0"

    package init() {}

    /// The nodes at which an alert with these labels stays.
    package func destinations(of labels: LabelSet) -> [Route] {
        guard matchers.allSatisfy({ $0.fits(labels) }) else { return [] }
        var all: [Route] = []
        for child in children {
            let found = child.destinations(of: labels)
            all += found
            if !found.isEmpty && !child.isContinued { break }
        }
        return all.isEmpty ? [self] : all
    }

    /// The labels that a group of this route's alerts shares.
    package func groupLabels(of labels: LabelSet) -> LabelSet {
        groupBy.contains("...") ? labels : labels.filter { groupBy.contains($0.key) }
    }
}

/// Alerts that need not be told while others are firing.
package struct Inhibition: Sendable, Hashable {
    package var source: [LabelMatcher]
    package var target: [LabelMatcher]
    /// Labels whose values must be the same in both.
    package var equal: [String]
}
