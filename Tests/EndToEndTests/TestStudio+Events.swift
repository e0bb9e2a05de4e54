import Contracts
import FoundationEssentials
import Messaging
import Primitives
import TestSupport

extension TestStudio {
    /// The jobs whose end the event stream tells, as often as it tells it, and once only: what was read is gone.
    /// - Parameter count: how many to wait for.
    func finishedJobs(atLeast count: Int) async throws -> [String] {
        try await messages(of: Subjects.eventsStream, Subjects.events, atLeast: count) { subject, payload in
            guard subject.hasSuffix(".finished") else { return nil }
            return try JSON.decode(CloudEvent<JobDocument>.self, from: payload).data.id
        }
    }

    /// The messages that came in at hooks, as `finishedJobs` tells of jobs.
    func hookEvents(atLeast count: Int) async throws -> [CloudEvent<HookReceived>] {
        try await messages(of: Subjects.hooksStream, Subjects.hooks, atLeast: count) { _, payload in
            try JSON.decode(CloudEvent<HookReceived>.self, from: payload)
        }
    }

    /// What a stream holds for the user `cli`.
    private func messages<Told>(
        of stream: String, _ subjects: String, atLeast count: Int, _ read: (_ subject: String, _ payload: Bytes) throws -> Told?
    ) async throws -> [Told] {
        var messaging = MessagingConfiguration(name: "test")
        messaging.servers = ["nats://127.0.0.1:\(port + 8)"]
        messaging.user = "cli"
        messaging.password = try String(contentsOfFile: folder + "/secrets/nats-cli.password", encoding: .utf8)
            .filter { !$0.isNewline }
        let bus = try await MessageBus.connect(messaging)
        let queue = try await bus.workQueue(
            stream: stream,
            consumer: ConsumerSettings(
                durableName: "cli", filterSubjects: [subjects], ackWait: .seconds(30), maxDeliver: -1, maxAckPending: 4096))
        var told: [Told] = []
        // The queue answers empty only when the stream holds no more. Messages that never come must not be waited for.
        let patience = ContinuousClock.now + .seconds(60)
        while true {
            let items = try await queue.fetch(maximum: 100, wait: .seconds(1))
            if items.isEmpty && (told.count >= count || ContinuousClock.now > patience) { break }
            for item in items {
                if let one = try read(item.message.subject, item.message.payload) { told.append(one) }
                try await item.acknowledge()
            }
        }
        await bus.drain()
        return told
    }
}
