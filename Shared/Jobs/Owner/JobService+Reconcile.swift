import Blobs
import Contracts
import Messaging
import Persistence
import Primitives
import Synchronization

extension JobService {
    /// Sends the orders of silent jobs again, and forgets jobs past their retention, for as long as the service runs.
    ///
    /// An order can be lost only when the queue's own store is; a repeat does no harm, because a job ends once.
    func reconcile() async throws {
        var reclaimed = ContinuousClock.now - Self.reclaimInterval
        while true {
            try await Task.sleep(for: settings.silence / 4)
            do {
                try await republishSilent()
                try await forgetExpired()
                if ContinuousClock.now - reclaimed >= Self.reclaimInterval {
                    try await reclaimBlobs(olderThan: Self.reclaimInterval)
                    reclaimed = .now
                }
            } catch let error where !(error is CancellationError) {
                Self.log.warning("reconciliation failed and will be tried again", ["error": .string("\(error)")])
            }
        }
    }

    private static var reclaimInterval: Duration { .hours(24) }

    /// Lets go of blobs that crashes between storing them and writing their row have left.
    func reclaimBlobs(olderThan age: Duration) async throws {
        let count = try await blobs.reclaim(service: settings.service, olderThan: age) { [database] ids in
            try await database.read { connection in Set(try ids.filter { try JobStore.exists($0, on: connection) }) }
        }
        if count > 0 { Self.log.info("blobs without a job were let go of", ["count": .integer(Int64(count))]) }
    }

    private func republishSilent() async throws {
        let moment = Timestamp.now().advanced(by: .zero - settings.silence)
        updates.forget(before: moment)
        let silent = try await database.read { try JobStore.silent(since: moment, limit: 100, on: $0) }
        guard !silent.isEmpty else { return }
        let isQueueEmpty = try await queue.pending() == 0
        // While orders wait in the queue, a job that no worker has begun is most likely among them.
        let (alive, lost) = silent.partitioned { job in
            updates.isAlive(job.id, since: moment) || job.state == .queued && !isQueueEmpty
        }
        try await database.write { connection in
            try JobStore.touch(alive.map(\.id), on: connection)
            for job in lost {
                try JobStore.touch([job.id], on: connection)
                if let job = try JobStore.find(job.id, on: connection) { try self.appendOrder(job, to: connection) }
            }
        }
        if !lost.isEmpty {
            counts.withLock { $0.republished += lost.count }
            Self.log.warning("orders of silent jobs were sent again", ["count": .integer(Int64(lost.count))])
        }
    }

    private func forgetExpired() async throws {
        let moment = Timestamp.now().advanced(by: .zero - settings.retention)
        for id in try await database.read({ try JobStore.expired(before: moment, limit: 500, on: $0) }) {
            if let job = try await database.read({ try JobStore.find(id, on: $0) }) { await releaseBlobs(of: job) }
            try await database.write { try JobStore.delete(id, on: $0) }
        }
        try await database.write { connection in
            try BatchStore.forget(before: moment, on: connection)
            try Idempotency.forget(before: moment, on: connection)
        }
    }
}

extension Array {
    fileprivate func partitioned(by belongsFirst: (Element) -> Bool) -> ([Element], [Element]) {
        var (first, second): ([Element], [Element]) = ([], [])
        for element in self {
            if belongsFirst(element) { first.append(element) } else { second.append(element) }
        }
        return (first, second)
    }
}
