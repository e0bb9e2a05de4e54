import Contracts
import Jobs
import Messaging
import ModelRouting
import Persistence
import Primitives

/// Tells the studio of budgets' thresholds that were reached. The message is written down with the spending that it tells of and
/// published until the stream of events has it, also by the process after this one.
struct BudgetAlerts: Sendable {
    private static let log = Log("gateway.models")
    private let publisher: OutboxPublisher

    /// - Parameter database: with the budgets and `Outbox.migrations`.
    init(database: Database, bus: MessageBus) {
        // The services that have jobs make the stream when they start; this one may be alone.
        publisher = OutboxPublisher(database: database, bus: bus, batch: 16) { try await JobStreams.ensureEvents(on: $0) }
    }

    /// Publishes until the task is cancelled.
    func run() async { await publisher.run() }

    /// Takes a threshold in the transaction that makes it true.
    static func append(_ event: BudgetEvent, to connection: Connection) throws {
        log.warning(
            "a budget reached a threshold",
            [
                "budget": .string(event.budget), "subject": .string(event.scope.id),
                "threshold_percent": .integer(Int64(event.threshold)),
            ])
        let threshold = BudgetThreshold(
            budget: event.budget, scope: event.scope.kind.rawValue, subject: event.scope.id, period: event.period.rawValue,
            periodStart: event.periodStart, thresholdPercent: event.threshold, spent: event.spent.dollars,
            limit: event.limit.dollars)
        let message = CloudEvent(type: BudgetThreshold.type, source: "/gateway", subject: event.budget, data: threshold)
        try Outbox.append(
            OutboxMessage(
                id: message.id, subject: BudgetThreshold.messageSubject, payload: JSON.encode(message)),
            on: connection)
    }
}
