import Messaging
import Primitives
import Synchronization

/// An order in work: keeps the queue from giving it to another worker, and can be cancelled.
final class RunningJob: Sendable {
    private let item: WorkItem
    /// Called at every sign of life.
    private let onBeat: @Sendable () -> Void
    private let task = Mutex<(cancel: (@Sendable () -> Void)?, isCancelled: Bool)>((nil, false))

    init(item: WorkItem, onBeat: @escaping @Sendable () -> Void = {}) {
        self.item = item
        self.onBeat = onBeat
    }

    var isCancelled: Bool { task.withLock { $0.isCancelled } }

    func cancel() {
        let cancel = task.withLock { task in
            task.isCancelled = true
            return task.cancel
        }
        cancel?()
    }

    /// Runs `body`, telling the queue at every interval that the order is in progress.
    /// - Throws: what `body` throws; `CancellationError` when cancelled.
    func whileAlive<T: Sendable>(every interval: Duration, _ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let work = Task { try await body() }
        task.withLock { $0.cancel = { work.cancel() } }
        if isCancelled { work.cancel() }
        defer { task.withLock { $0.cancel = nil } }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [item, onBeat] in
                while true {
                    try await Task.sleep(for: interval)
                    // A lost heartbeat is made up by the next; losing the order altogether is found when it is finished.
                    try? item.inProgress()
                    onBeat()
                }
            }
            defer { group.cancelAll() }
            return try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        }
    }
}
