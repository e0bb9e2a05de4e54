import CCurl
import Primitives
import Synchronization

/// The way to the one thread on which all of a client's transfers run.
final class TransferLoop: TransferCarrier {
    /// What waits for the thread. Bounded by the transfers alive: each is in either list at most once.
    struct Work {
        var starting: [Transfer] = []
        var attention: [Transfer] = []
        var ending: TransferEnding?

        var isEmpty: Bool { starting.isEmpty && attention.isEmpty }
    }

    private struct State {
        var work = Work()
        var isOver = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let multi: MultiHandle

    init(_ configuration: HTTPClientConfiguration) {
        let multi = MultiHandle(configuration)
        self.multi = multi
        startThread(name: "http-client") { [self] in
            var thread = TransferThread(multi: multi, loop: self)
            thread.run()
        }
    }

    func start(_ transfer: Transfer) {
        let isAccepted = state.withLock { state in
            guard !state.isOver, state.work.ending == nil else { return false }
            post(to: &state) { $0.starting.append(transfer) }
            return true
        }
        if !isAccepted { transfer.settle(.failure(.shutDown)) }
    }

    func attend(_ transfer: Transfer) {
        state.withLock { state in
            if !state.isOver { post(to: &state) { $0.attention.append(transfer) } }
        }
    }

    var watch: SocketWatch? { nil }

    func stop(_ ending: TransferEnding) {
        state.withLock { state in
            guard !state.isOver, state.work.ending != .now else { return }
            post(to: &state) { $0.ending = ending }
        }
    }

    /// Waits until the thread has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiters.append(continuation) }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    /// Under the lock, so that the handle is not closed meanwhile. Only the first of several posts wakes the thread.
    private func post(to state: inout State, _ change: (inout Work) -> Void) {
        let wasEmpty = state.work.isEmpty
        change(&state.work)
        if wasEmpty { multi.wakeUp() }
    }

    /// For the thread: takes what waits.
    func takeWork() -> Work {
        state.withLock { state in
            defer { state.work = Work(ending: state.work.ending) }
            return state.work
        }
    }

    /// For the thread: nothing more is taken, and what waits is turned away.
    /// - Returns: false when new work came in, which must be done before a quiet ending.
    func close(force: Bool) -> Bool {
        let closing = state.withLock { state -> (turnedAway: [Transfer], waiters: [CheckedContinuation<Void, Never>])? in
            guard force || state.work.isEmpty else { return nil }
            state.isOver = true
            defer { (state.work, state.waiters) = (Work(), []) }
            return (state.work.starting, state.waiters)
        }
        guard let closing else { return false }
        for transfer in closing.turnedAway { transfer.settle(.failure(.shutDown)) }
        multi.close()
        for waiter in closing.waiters { waiter.resume() }
        return true
    }
}
