import AlertingAPI
import AlertingCore
import AnalyticsAPI
import Contracts
import Jobs
import Messaging
import Primitives
import ServiceRuntime

/// Takes the measurements of a stream to the alert center, which acknowledges a message when what it has led to is on disk.
struct AlertFeed: Sendable {
    private static let log = Log("alerting.feed")
    /// Messages taken at once, and those that may wait for the disk.
    private static let (batch, pending) = (2000, 50_000)
    /// Measurements of longer ago say nothing of now; the stream need not keep them for a service that is not there.
    static let absence = Duration.hours(6)
    let bus: MessageBus
    let center: AlertCenter
    let stream: String
    let subject: String
    /// Makes the stream.
    let ensure: @Sendable (MessageBus) async throws -> Void
    let read: @Sendable (WorkItem) -> AnalyticsAPI.Delivery

    /// What anybody measures.
    static func metrics(_ bus: MessageBus, _ center: AlertCenter) -> AlertFeed {
        let reader = EventReader()
        return AlertFeed(
            bus: bus, center: center, stream: Subjects.metricsStream, subject: Subjects.metric,
            ensure: { try await $0.ensureStream(MetricsStream.settings) },
            read: { StudioMessages.metrics($0.message.payload, reader: reader, now: $0.storedAt) })
    }

    /// What the analytics alone were told of.
    static func taken(_ bus: MessageBus, _ center: AlertCenter) -> AlertFeed {
        AlertFeed(
            bus: bus, center: center, stream: Subjects.takenStream, subject: Subjects.metricTaken,
            ensure: { try await $0.ensureStream(MetricsStream.taken) },
            read: { item in
                var delivery = TakenMessage.read(item.message.payload, now: item.storedAt)
                delivery.place = TakenMessage.place(id: item.message.headers["Nats-Msg-Id"])
                return delivery
            })
    }

    /// What happens in the studio.
    static func events(_ bus: MessageBus, _ center: AlertCenter) -> AlertFeed {
        AlertFeed(
            bus: bus, center: center, stream: Subjects.eventsStream, subject: Subjects.events,
            ensure: { try await JobStreams.ensureEvents(on: $0) }, read: { StudioMessages.event($0.message.payload) })
    }

    /// Takes messages until the task is cancelled.
    func run() async throws {
        await center.hears(stream, false)
        while true {
            do {
                try await ensure(bus)
                let queue = try await bus.workQueue(
                    stream: stream,
                    consumer: ConsumerSettings(
                        durableName: AlertingService.name, filterSubjects: [subject], ackWait: .seconds(60),
                        maxAckPending: Self.pending, inactiveThreshold: Self.absence))
                let identity = try await stream + "@" + bus.streamUsage(stream).created
                while true { try await take(from: queue, identity) }
            } catch {
                await center.hears(stream, false)
                try Task.checkCancellation()
                Self.log.warning(
                    "messages can not be taken and will be later", ["stream": .string(stream), "error": .string("\(error)")])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func take(from queue: WorkQueue, _ identity: String) async throws {
        let items = try await queue.fetch(maximum: Self.batch, wait: .seconds(1))
        for item in items {
            if let person = Self.erased(item) {
                let place = AnalyticsAPI.Delivery.Place(stream: identity, sequence: item.streamSequence)
                await center.erase(person, place: place) { try? await item.acknowledge() }
                continue
            }
            let delivery = read(item)
            let measurements = delivery.events.compactMap { event in
                if case .measurement(let measurement) = event { measurement } else { nil }
            }
            await center.take(
                measurements,
                place: delivery.place ?? AnalyticsAPI.Delivery.Place(stream: identity, sequence: item.streamSequence)
            ) {
                // One that is lost lets the message come again, and it is known then.
                try? await item.acknowledge()
            }
        }
        if try await isAllTaken(items, from: queue) { await center.hears(stream, true) }
        if !items.isEmpty, items.count < Self.batch { try await Task.sleep(for: .milliseconds(50)) }
    }

    /// Whom a message asks to forget.
    private static func erased(_ item: WorkItem) -> String? {
        guard item.message.subject == PersonErased.messageSubject else { return nil }
        do {
            return try JSON.decode(CloudEvent<PersonErased>.self, from: item.message.payload).data.person
        } catch {
            log.error("an erasure can not be read", ["error": .string("\(error)")])
            return nil
        }
    }

    /// Whether the server has given all it had. That nothing came proves nothing: a server that hangs gives nothing either.
    private func isAllTaken(_ items: [WorkItem], from queue: WorkQueue) async throws -> Bool {
        guard let last = items.last else { return try await queue.pending() == 0 }
        // A batch may end early with more behind it. Under load there always is; what was just stored is as good as the newest.
        if items.count < Self.batch { return try await queue.pending() == 0 }
        return Timestamp.now().duration(since: last.storedAt) < .seconds(1)
    }
}
