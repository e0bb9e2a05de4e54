import AnalyticsAPI
import Contracts
import Persistence
import Primitives

extension LedgerWriting {
    /// Puts what the bus has not heard of into the outbox, with everything else of the transaction.
    /// - Throws: `TooMuchUntold` to callers, before the disk fills while the messages can not leave.
    mutating func tell(on connection: Connection) throws {
        guard !untold.isEmpty else { return }
        // One end at a time is looked up; both at once would read all of it.
        let span = "SELECT (SELECT max(sequence) FROM outbox) - (SELECT min(sequence) FROM outbox) AS n"
        let waiting = try connection.first(span) { try $0.optionalInteger("n") }
        guard (waiting ?? 0) ?? 0 < TooMuchUntold.limit else {
            // The ends of runs that came over the bus itself are counted all the same.
            guard !hasCallers else { throw TooMuchUntold() }
            return tallies["untold"] = untold.count
        }
        let (store, told) = (try Self.tally("store", on: connection), try Self.tally("told", on: connection))
        var (rest, number) = (untold[...], told)
        while !rest.isEmpty {
            number += 1
            try Outbox.append(
                OutboxMessage(
                    id: TakenMessage.id(store: store, number: number), subject: Subjects.metricTaken,
                    payload: MetricEvent.message(of: &rest)), on: connection)
        }
        tallies["told"] = Int(number - told)
    }
}

/// Measurements that nobody who judges them has heard of have piled up.
package struct TooMuchUntold: CodedError {
    /// Messages that may wait.
    static let limit = 50_000
    package var code: String { "alerting-behind" }
    package var message: String { "too many measurements wait to be told to the alerting; is nats-server away?" }
    package var isRetriable: Bool { true }
}
