import Contracts
package import Messaging
package import Primitives

/// The JetStream streams of the job road.
package enum JobStreams {
    /// Sizes of the streams; a full stream refuses new messages cleanly and the outbox tries again.
    package struct Limits: Sendable {
        package var jobs = ByteSize.gib(1)
        package var dead = ByteSize.mib(256)
        package var events = ByteSize.gib(1)
        package var eventAge = Duration.hours(24 * 7)

        package init() {}
    }

    /// Makes the streams or brings them to these settings.
    package static func ensure(on bus: MessageBus, limits: Limits = Limits()) async throws(MessagingError) {
        try await bus.ensureStream(
            StreamSettings(
                name: Subjects.jobsStream, subjects: [Subjects.jobs], retention: .workQueue, maximumBytes: limits.jobs,
                maximumAge: nil, duplicateWindow: .minutes(2)))
        try await bus.ensureStream(
            StreamSettings(
                name: Subjects.deadStream, subjects: [Subjects.dead], retention: .limits, maximumBytes: limits.dead,
                maximumAge: .hours(24 * 30), duplicateWindow: .minutes(2)))
        try await ensureEvents(on: bus, limits: limits)
    }

    /// Makes the stream of events alone, for a service without jobs.
    package static func ensureEvents(on bus: MessageBus, limits: Limits = Limits()) async throws(MessagingError) {
        try await bus.ensureStream(
            StreamSettings(
                name: Subjects.eventsStream, subjects: [Subjects.events], retention: .limits, maximumBytes: limits.events,
                maximumAge: limits.eventAge, duplicateWindow: .minutes(2)))
    }

    /// The durable consumer from which a service's workers take orders.
    package static func workQueue(service: String, ackWait: Duration, on bus: MessageBus) async throws(MessagingError) -> WorkQueue
    {
        try await bus.workQueue(
            stream: Subjects.jobsStream,
            consumer: ConsumerSettings(
                durableName: service, filterSubjects: ["avstudio.job.\(service).>"], ackWait: ackWait, maxDeliver: -1,
                maxAckPending: 4096))
    }
}
