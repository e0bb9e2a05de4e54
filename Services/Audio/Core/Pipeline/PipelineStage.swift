import Dispatch
import Primitives
import Synchronization

/// One step of a pipeline on a thread of its own: takes items in order, at most `capacity` of them waiting.
///
/// The calls block, so they belong on threads that may wait: an operation runs alone in its job's process.
package final class PipelineStage<Item: Sendable>: Sendable {
    private let lane: Lane

    /// - Parameters:
    ///   - name: the thread's name.
    ///   - capacity: how many items may wait, at least 1.
    ///   - body: called on the stage's thread with each item; after it throws no more items are taken.
    package init(name: String, capacity: Int, body: @escaping @Sendable (Item) throws -> Void) {
        let lane = Lane(capacity: capacity)
        self.lane = lane
        startThread(name: name) { lane.run(body) }
    }

    deinit {
        lane.close()
    }

    /// Hands over an item; waits while the stage is full.
    /// - Throws: what the stage's body threw.
    package func send(_ item: Item) throws { try lane.send(item) }

    /// Waits until every item has been taken care of.
    /// - Throws: what the stage's body threw.
    package func finish() throws { try lane.finish() }

    /// What the stage and its thread share; the thread does not hold the stage, so dropping the stage ends the thread.
    private final class Lane: Sendable {
        private struct State {
            var items: [Item] = []
            var isClosed = false
            var failure: (any Error)?
        }

        private let state = Mutex(State())
        private let free = DispatchSemaphore(value: 0)
        private let filled = DispatchSemaphore(value: 0)
        private let ended = DispatchSemaphore(value: 0)

        init(capacity: Int) {
            for _ in 0..<capacity { free.signal() }
        }

        func send(_ item: Item) throws {
            free.wait()
            let failure = state.withLock { state in
                if state.failure == nil { state.items.append(item) }
                return state.failure
            }
            if let failure {
                free.signal()
                throw failure
            }
            filled.signal()
        }

        func close() {
            state.withLock { $0.isClosed = true }
            filled.signal()
        }

        func finish() throws {
            close()
            ended.wait()
            ended.signal()
            if let failure = state.withLock({ $0.failure }) { throw failure }
        }

        func run(_ body: (Item) throws -> Void) {
            while true {
                filled.wait()
                let item = state.withLock { $0.items.isEmpty ? nil : $0.items.removeFirst() }
                guard let item else { break }
                do {
                    try body(item)
                    free.signal()
                } catch {
                    state.withLock { state in
                        state.failure = error
                        state.items = []
                    }
                    free.signal()
                    break
                }
            }
            ended.signal()
        }
    }
}
