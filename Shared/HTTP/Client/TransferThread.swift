import CCurl
import Primitives

/// The thread's own side of the loop: the only code that touches libcurl's handles.
struct TransferThread: ~Copyable {
    private let multi: MultiHandle
    private let loop: TransferLoop
    private var transfers: ActiveTransfers
    /// How long the last waits together saw no socket ready.
    private var quiet = Duration.zero

    init(multi: MultiHandle, loop: TransferLoop) {
        self.multi = multi
        self.loop = loop
        transfers = ActiveTransfers(multi)
    }

    mutating func run() {
        while true {
            let ending = takeWork()
            if let ending, ending == .now || transfers.isEmpty {
                transfers.removeAll(outcome: .shutDown)
                if loop.close(force: ending == .now) { return }
                continue
            }
            multi.perform()
            transfers.collectFinished()
            let now = ContinuousClock.now
            transfers.checkTimes(now)
            if ending == nil || !transfers.isEmpty { wait(atMost: now.duration(to: transfers.nextCheck)) }
        }
    }

    /// Waits until there is something to do.
    private mutating func wait(atMost limit: Duration) {
        let wait = transfers.sharing > 0 ? min(limit, quiet, SharedConnections.longestWait) : limit
        let wasReady = multi.wait(atMost: wait)
        quiet = wasReady ? .zero : max(SharedConnections.firstWait, quiet + wait)
    }

    /// A function of its own, so that nothing of the work is held while the thread waits.
    private mutating func takeWork() -> TransferEnding? {
        let work = loop.takeWork()
        for transfer in work.starting { transfers.start(transfer) }
        for transfer in work.attention { transfers.attend(to: transfer) }
        return work.ending
    }
}
