import Primitives
import Synchronization

/// A counting semaphore for tasks.
final class Slots: Sendable {
    private let state: Mutex<(free: Int, waiting: Deque<CheckedContinuation<Void, Never>>)>

    init(_ count: Int) {
        state = Mutex((max(1, count), Deque()))
    }

    func acquire() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func release() {
        let next = state.withLock { state in
            let next = state.waiting.popFirst()
            if next == nil { state.free += 1 }
            return next
        }
        next?.resume()
    }
}
