import Contracts
import FoundationEssentials
import Messaging
import Primitives
import TestSupport

extension TestStudio {
    /// The jobs whose end the event stream tells, as often as it tells it, and once only: what was read is gone.
    /// - Parameter count: how many to wait for.
    func finishedJobs(atLeast count: Int) async throws -> [String] {
        var messaging = MessagingConfiguration(name: "test")
        messaging.servers = ["nats://127.0.0.1:\(port + 8)"]
        messaging.user = "cli"
        messaging.password = try String(contentsOfFile: folder + "/secrets/nats-cli.password", encoding: .utf8)
            .filter { !$0.isNewline }
        let bus = try await MessageBus.connect(messaging)
        let events = try await bus.workQueue(
            stream: Subjects.eventsStream,
            consumer: ConsumerSettings(
                durableName: "cli", filterSubjects: [Subjects.events], ackWait: .seconds(30), maxDeliver: -1, maxAckPending: 4096))
        var ids: [String] = []
        // The queue answers empty only when the stream holds no more. Events that never come must not be waited for.
        let patience = ContinuousClock.now + .seconds(60)
        while true {
            let items = try await events.fetch(maximum: 100, wait: .seconds(1))
            if items.isEmpty && (ids.count >= count || ContinuousClock.now > patience) { break }
            for item in items {
                if item.message.subject.hasSuffix(".finished") {
                    ids.append(try JSON.decode(CloudEvent<JobDocument>.self, from: item.message.payload).data.id)
                }
                try await item.acknowledge()
            }
        }
        await bus.drain()
        return ids
    }
}
