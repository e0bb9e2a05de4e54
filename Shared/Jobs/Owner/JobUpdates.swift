import Contracts
import Primitives
import Synchronization

/// Live progress of open jobs, and whoever watches them.
final class JobUpdates: Sendable {
    /// What is known of one job beyond its row.
    private struct Live {
        var attempt = 0
        var progress: JobProgress?
        var partials = JobPartials()
        /// When a worker last told of it; `nil` once it has ended.
        var heard: Timestamp?
    }

    private struct State {
        var live: [String: Live] = [:]
        var watchers: [String: [UInt64: BoundedChannel<JobDocument>]] = [:]
        var nextWatcher: UInt64 = 0
    }

    /// How long the last pieces of a result may be on their way.
    private static let patience = Duration.seconds(2)
    private let state = Mutex(State())
    private let catalogue: OperationCatalogue

    /// - Parameter catalogue: says which parameters are secret.
    init(catalogue: OperationCatalogue) {
        self.catalogue = catalogue
    }

    /// A job as it may be shown: the secrets among its parameters are for those who run it.
    func redacted(_ document: JobDocument) -> JobDocument {
        var document = document
        if let operation = catalogue[document.operation] {
            document.parameters = document.parameters.map(operation.redacted)
        }
        return document
    }

    /// Makes a stored job one to show: without secrets, with the live progress when it is open.
    func enrich(_ document: JobDocument) -> JobDocument {
        var shown = redacted(document)
        guard !shown.state.isFinal, let progress = state.withLock({ $0.live[document.id]?.progress }) else { return shown }
        shown.progress = progress.fraction
        shown.stage = progress.stage
        return shown
    }

    /// Notes progress.
    /// - Returns: whether somebody watches the job.
    func note(_ progress: JobProgress) -> Bool {
        state.withLock { state in
            var live = state.live[progress.id] ?? Live()
            // A worker that lost its order and does not know it yet still tells of its own attempt.
            guard progress.attempt >= live.attempt else { return false }
            if progress.attempt > live.attempt { live = Live(attempt: progress.attempt) }
            (live.progress, live.heard) = (progress, .now())
            if let partial = progress.partial { live.partials.append(partial) }
            state.live[progress.id] = live
            return state.watchers[progress.id] != nil
        }
    }

    /// Another attempt begins: nothing has been found yet.
    func restart(_ id: String, attempt: Int) {
        state.withLock { $0.live[id] = Live(attempt: attempt, heard: .now()) }
    }

    /// Waits until all that an attempt found has come: its progress and its end take different ways. Messages may be lost with the
    /// connection, so not for long.
    /// - Throws: `CancellationError`.
    func waitForPartials(of id: String, attempt: Int, count: Int) async throws {
        let end = ContinuousClock.now + Self.patience
        func isLate() -> Bool {
            state.withLock { state in
                guard let live = state.live[id], live.attempt == attempt else { return false }
                return live.partials.count < count
            }
        }
        while isLate(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Whether a worker told of the job after a moment.
    func isAlive(_ id: String, since moment: Timestamp) -> Bool {
        state.withLock { $0.live[id]?.heard.map { $0 > moment } ?? false }
    }

    /// Forgets progress that nothing was heard of since a moment, such as what was told after the end.
    func forget(before moment: Timestamp) {
        state.withLock { state in
            for (id, live) in state.live where live.heard.map({ $0 < moment }) == true { state.live[id] = nil }
        }
    }

    /// Gives a document to the job's watchers; one that is too slow misses it and sees the next. A final one ends the watching.
    func publish(_ document: JobDocument) {
        let document = redacted(document)
        let watchers = state.withLock { state in
            if document.state.isFinal {
                state.live[document.id]?.progress = nil
                state.live[document.id]?.heard = nil
                // Whoever watches has yet to be told the last.
                if state.watchers[document.id] == nil { state.live[document.id] = nil }
            }
            return state.watchers[document.id].map { Array($0.values) } ?? []
        }
        for watcher in watchers {
            _ = watcher.trySend(document)
            if document.state.isFinal { watcher.finish() }
        }
    }

    /// - Returns: a channel of the job's documents and the number to end the watching with.
    func watch(_ id: String) -> (channel: BoundedChannel<JobDocument>, watcher: UInt64) {
        let channel = BoundedChannel<JobDocument>(capacity: 64)
        return state.withLock { state in
            state.nextWatcher += 1
            state.watchers[id, default: [:]][state.nextWatcher] = channel
            return (channel, state.nextWatcher)
        }
    }

    func endWatch(_ id: String, _ watcher: UInt64) {
        state.withLock { state in
            state.watchers[id]?[watcher] = nil
            guard state.watchers[id]?.isEmpty == true else { return }
            state.watchers[id] = nil
            if state.live[id]?.heard == nil { state.live[id] = nil }
        }
    }

    /// What was found of a job's result from a number on.
    func partials(of id: String, from index: Int) -> [JobPartial] {
        state.withLock { $0.live[id]?.partials.from(index) ?? [] }
    }
}
