package import Contracts
package import Primitives

/// A measurement that has been checked.
package struct Measurement: Sendable, Hashable {
    package var time: Timestamp
    package var owner: String
    package var script: String
    package var type: String
    package var value: Double
    package var run: String?
    /// Sorted by name.
    package var labels: [Label] = []
    package var id: String?
    /// Whether it says a moment of its own, finer than a second, and bears no identifier: of two such that say the same, one is
    /// likely the other, sent again. Of what comes without a time, or with a second's, many may rightly be equal.
    package var isComparable = false

    package init(
        time: Timestamp, owner: String, script: String, type: String, value: Double, run: String? = nil, labels: [Label] = [],
        id: String? = nil
    ) {
        (self.time, self.owner, self.script, self.type, self.value) = (time, owner, script, type, value)
        (self.run, self.labels, self.id) = (run, labels, id)
    }
}

/// A further word about an event.
package struct Label: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }
}

/// A run's beginning or end that has been checked.
package struct RunReport: Sendable, Hashable {
    package var id: String
    package var owner: String
    package var script: String
    package var status: RunEvent.Status
    package var started: Timestamp
    package var ended: Timestamp?
    package var errorType: String?
    package var error: String?
    package var labels: [Label] = []
    /// Whether its end counts as measurements too; a job's end brings its own.
    package var isCounted = true

    package init(
        id: String, owner: String, script: String, status: RunEvent.Status, started: Timestamp, ended: Timestamp? = nil,
        errorType: String? = nil, error: String? = nil, labels: [Label] = [], isCounted: Bool = true
    ) {
        (self.id, self.owner, self.script, self.status) = (id, owner, script, status)
        (self.started, self.ended, self.errorType, self.error) = (started, ended, errorType, error)
        (self.labels, self.isCounted) = (labels, isCounted)
    }
}

/// What the analytics records.
package enum Event: Sendable, Hashable {
    case measurement(Measurement)
    case run(RunReport)
}

/// Events that came together: one message or one request. They are recorded together or not at all.
package struct Delivery: Sendable {
    /// A message's place in its stream.
    package struct Place: Sendable, Hashable {
        /// The stream and when it was made: one made anew counts from one again.
        package let stream: String
        package let sequence: UInt64

        package init(stream: String, sequence: UInt64) {
            (self.stream, self.sequence) = (stream, sequence)
        }
    }

    package var events: [Event]
    /// What was not fit to be recorded; it is counted.
    package var problems: [EventProblem]
    /// Counted once, however often it comes.
    package var id: String?
    package var place: Place?
    /// It came to the analytics alone: who judges measurements is told of it when it is recorded.
    package var isUntold: Bool

    package init(
        events: [Event], problems: [EventProblem] = [], id: String? = nil, place: Place? = nil, isUntold: Bool = false
    ) {
        (self.events, self.problems, self.id, self.place, self.isUntold) = (events, problems, id, place, isUntold)
    }
}

/// What became of a delivery.
package struct Receipt: Sendable, Hashable {
    /// Events recorded.
    package var accepted = 0
    /// Events that had been recorded before.
    package var duplicates = 0
    /// Events recorded under `(other)`, because their owner has used too many names.
    package var folded = 0

    package init() {}
}
