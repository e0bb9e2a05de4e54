import AnalyticsAPI
import AnalyticsCore
import Contracts
import Jobs
import Messaging
import Primitives
import ServiceRuntime

/// Takes messages from a stream into the collector: up to 500 in one transaction, at most 200 ms after the first of them came. A
/// message is acknowledged when it is on disk; if it comes again, its place in the stream keeps it from counting twice.
struct Feed: Sendable {
    private static let log = Log("analytics.feed")
    /// What is fetched at once.
    private static let transactions = 8
    let bus: MessageBus
    let collector: Collector
    let stream: String
    let consumer: ConsumerSettings
    /// Makes the stream.
    let ensure: @Sendable (MessageBus) async throws -> Void
    let read: @Sendable (WorkItem) -> Delivery

    /// What anybody measures.
    static func metrics(_ bus: MessageBus, _ collector: Collector) -> Feed {
        let reader = EventReader()
        return Feed(
            bus: bus, collector: collector, stream: Subjects.metricsStream,
            consumer: ConsumerSettings(
                durableName: AnalyticsService.name, filterSubjects: [Subjects.metric], maxAckPending: 10 * AnalyticsService.batch),
            ensure: { bus in
                try await bus.ensureStream(MetricsStream.settings)
                try await bus.ensureStream(MetricsStream.taken)
            },
            read: { item in
                // What names no time is of when the stream took it, however long it waited there.
                var delivery = StudioMessages.metrics(item.message.payload, reader: reader, now: item.storedAt)
                delivery.id = item.message.headers["Nats-Msg-Id"]
                return delivery
            })
    }

    /// What happens in the studio: jobs that end.
    static func events(_ bus: MessageBus, _ collector: Collector) -> Feed {
        Feed(
            bus: bus, collector: collector, stream: Subjects.eventsStream,
            consumer: ConsumerSettings(
                durableName: AnalyticsService.name, filterSubjects: [Subjects.events], maxAckPending: 10 * AnalyticsService.batch),
            ensure: { try await JobStreams.ensureEvents(on: $0) }, read: { StudioMessages.event($0.message.payload) })
    }

    /// Takes messages until the task is cancelled.
    func run() async throws {
        while true {
            do {
                try await ensure(bus)
                let queue = try await bus.workQueue(stream: stream, consumer: consumer)
                let identity = try await stream + "@" + bus.streamUsage(stream).created
                var most = AnalyticsService.batch
                while true { most = try await take(most, from: queue, identity) }
            } catch {
                try Task.checkCancellation()
                Self.log.warning(
                    "messages can not be taken and will be later", ["stream": .string(stream), "error": .string("\(error)")])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Takes messages and records them.
    /// - Parameter most: messages at most.
    /// - Returns: how many to take next: as messages may hold one event or hundreds, some transactions' worth, so that all are
    ///   acknowledged long before they would come again.
    private func take(_ most: Int, from queue: WorkQueue, _ identity: String) async throws -> Int {
        let items = try await queue.fetch(maximum: most, wait: .seconds(20))
        guard !items.isEmpty else { return AnalyticsService.batch }
        var events = 0
        for group in groups(of: items, identity) {
            // What is not recorded comes again.
            try Task.checkCancellation()
            _ = try await collector.record(group.deliveries)
            events += group.deliveries.reduce(0) { $0 + max(1, $1.events.count) }
            for item in group.items { try await item.acknowledge() }
        }
        // Under load many messages are then taken for the price of one.
        if items.count < most { try await Task.sleep(for: AnalyticsService.pause) }
        return min(AnalyticsService.batch, max(16, items.count * Self.transactions * AnalyticsService.batch / events))
    }

    /// Messages in groups of up to 500 events: a message may hold that many by itself.
    private func groups(of items: [WorkItem], _ identity: String) -> [(items: [WorkItem], deliveries: [Delivery])] {
        var groups: [(items: [WorkItem], deliveries: [Delivery])] = []
        var events = 0
        for item in items {
            var delivery = read(item)
            delivery.place = Delivery.Place(stream: identity, sequence: item.streamSequence)
            if groups.isEmpty || events + delivery.events.count > AnalyticsService.batch {
                groups.append(([], []))
                events = 0
            }
            groups[groups.count - 1].items.append(item)
            groups[groups.count - 1].deliveries.append(delivery)
            events += max(1, delivery.events.count)
        }
        return groups
    }
}
