import Contracts
import Cryptography
import GatewayCore
import Identity
import Jobs
import Messaging
import Primitives

/// Takes what happened in the studio from the stream of events and queues it for the webhooks of those whom it concerns.
///
/// An event is acknowledged when it is in the queues on disk; until then it comes again, and the event's identifier keeps a second
/// time from counting.
struct EventFeed: Sendable {
    private static let log = Log("gateway.events")
    private static let consumer = ConsumerSettings(
        durableName: "gateway",
        filterSubjects: [Subjects.jobEvent(service: "*", "finished"), BudgetThreshold.messageSubject])
    private static let batch = 256
    let bus: MessageBus
    let gateway: Gateway

    /// Takes events until the task is cancelled.
    func run() async throws {
        while true {
            do {
                try await JobStreams.ensureEvents(on: bus)
                let queue = try await bus.workQueue(stream: Subjects.eventsStream, consumer: Self.consumer)
                while true {
                    let items = try await queue.fetch(maximum: Self.batch, wait: .seconds(20))
                    try await take(items)
                    // A webhook may be this much later; under load many events are then taken for the price of one.
                    if items.count < Self.batch { try await Task.sleep(for: .milliseconds(100)) }
                }
            } catch {
                try Task.checkCancellation()
                Self.log.warning("events can not be taken and will be later", ["error": .string("\(error)")])
                try await Task.sleep(for: .seconds(2))
            }
        }
    }

    private func take(_ items: [WorkItem]) async throws {
        let listeners = try await gateway.webhooks.listeners()
        if !listeners.isEmpty {
            try await gateway.webhooks.publish(items.flatMap(events).filter { listeners.contains($0.owner) })
        }
        for item in items { try await item.acknowledge() }
    }

    private func events(of item: WorkItem) -> [WebhookEvent] {
        do {
            return try EventFeed.webhookEvents(item.message.payload, ownerOfKey: gateway.keys.owner(of:))
        } catch {
            Self.log.warning("an event is not what it should be", ["subject": .string(item.message.subject)])
            return []
        }
    }

    /// What of an event is told to whom.
    /// - Returns: none for events that webhooks do not tell of.
    /// - Throws: `JSONError`.
    static func webhookEvents(_ payload: Bytes, ownerOfKey: (String) -> String?) throws -> [WebhookEvent] {
        let event = try JSON.decode(CloudEvent<JSONValue>.self, from: payload)
        switch event.type {
        case "avstudio.job.finished":
            let job = try event.data.decoded(as: JobDocument.self)
            return [
                WebhookEvent(
                    id: event.id, owner: job.owner, type: "job.\(job.state == .succeeded ? "finished" : job.state.rawValue)",
                    time: event.time, data: try job.summary)
            ]
        case "avstudio.budget.threshold":
            return recipients(event.data, ownerOfKey).map { owner in
                WebhookEvent(
                    id: event.id + "_" + Hex.encode(Bytes(SHA256.hash(Bytes(owner.utf8)).prefix(6))), owner: owner,
                    type: "budget.threshold", time: event.time, data: event.data)
            }
        default: return []
        }
    }

    /// A budget concerns whom it holds down, and the administrator, who has set it.
    private static func recipients(_ budget: JSONValue, _ ownerOfKey: (String) -> String?) -> Set<String> {
        let subject = budget["subject"]?.stringValue ?? ""
        let concerned: String? =
            switch budget["scope"]?.stringValue {
            case "key": ownerOfKey(subject)
            case "organisation": subject
            case "user" where !subject.hasPrefix("usr_"): subject
            default: nil
            }
        return Set([concerned, "owner"].compactMap { $0 })
    }
}

extension JobDocument {
    /// The job without its parameters and inputs, which can be long.
    fileprivate var summary: JSONValue {
        get throws {
            guard case .object(var members) = try JSONValue(encoding: self) else { return .null }
            for name in ["parameters", "inputs", "progress", "stage", "owner"] { members[name] = nil }
            return .object(members)
        }
    }
}
