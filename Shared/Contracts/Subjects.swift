/// The NATS subjects and streams of the studio.
package enum Subjects {
    /// The work queue's stream and what it takes in.
    package static let jobsStream = "AVSTUDIO_JOBS"
    package static let jobs = "avstudio.job.>"
    /// Where orders go that were given up.
    package static let deadStream = "AVSTUDIO_DEAD"
    package static let dead = "avstudio.dead.>"
    /// What happened, kept for those who were away.
    package static let eventsStream = "AVSTUDIO_EVENTS"
    package static let events = "avstudio.event.>"

    /// What came in at hooks. Not among the events: strangers decide how much that is.
    package static let hooksStream = "AVSTUDIO_HOOKS"
    package static let hooks = "avstudio.hook.>"

    /// - Parameters:
    ///   - id: of the hook.
    ///   - event: what its owner calls such messages.
    package static func hook(_ id: String, event: String) -> String { "avstudio.hook.\(id).\(event)" }
    /// - Parameter operation: for example `audio.normalize`.
    package static func job(_ operation: String) -> String { "avstudio.job.\(operation)" }
    package static func dead(_ operation: String) -> String { "avstudio.dead.\(operation)" }
    /// - Parameter what: `queued`, `started`, `finished`, …
    package static func jobEvent(service: String, _ what: String) -> String { "avstudio.event.job.\(service).\(what)" }
    /// - Parameter what: for example `budget-threshold`.
    package static func event(service: String, _ what: String) -> String { "avstudio.event.\(service).\(what)" }
    /// Measurements for the analytics, kept until all who count them have done so.
    package static let metricsStream = "AVSTUDIO_METRICS"
    package static let takenStream = "AVSTUDIO_TAKEN"
    package static let metric = "avstudio.metric"
    /// Measurements that the analytics alone were told of, for those who judge them; the analytics do not count them again.
    package static let metricTaken = "avstudio.metric.taken"
    /// Progress is told to whoever listens now and is not kept.
    package static func progress(service: String) -> String { "avstudio.progress.\(service)" }
    package static func cancel(service: String) -> String { "avstudio.cancel.\(service)" }
    package static func rpc(service: String, _ method: String) -> String { "avstudio.rpc.\(service).\(method)" }
}
