import CCurl
import Primitives

/// The thread's own side of the loop: the only code that touches libcurl's handles.
struct TransferThread: ~Copyable {
    /// How long the thread sleeps when nothing has a time limit.
    private static let longestWait = Duration.seconds(60)

    private let multi: MultiHandle
    private let loop: TransferLoop
    private var active: [UnsafeMutableRawPointer: ActiveTransfer] = [:]
    /// Transfers that may share a connection.
    private var sharing = 0
    /// How long the last waits together saw no socket ready.
    private var quiet = Duration.zero
    /// No transfer runs out of time before this instant.
    private var nextCheck = ContinuousClock.now + longestWait

    init(multi: MultiHandle, loop: TransferLoop) {
        self.multi = multi
        self.loop = loop
    }

    mutating func run() {
        while true {
            let ending = takeWork()
            if let ending, ending == .now || active.isEmpty {
                for key in active.keys { remove(key, outcome: .failure(.shutDown)) }
                if loop.close(force: ending == .now) { return }
                continue
            }
            multi.perform()
            while let (key, code) = multi.nextFinished() {
                remove(key, outcome: active[key]?.outcome(of: code) ?? .success(()))
            }
            let now = ContinuousClock.now
            if now >= nextCheck { checkTimes(now) }
            if ending == nil || !active.isEmpty { wait(atMost: now.duration(to: nextCheck)) }
        }
    }

    /// Waits until there is something to do.
    ///
    /// libcurl 7.88 reads a shared connection on behalf of one transfer and may leave the others' bytes in its buffers without
    /// marking them for attention: no socket becomes ready, and the others stand still until some timer of libcurl's runs out.
    /// Looking again right after each event, then at doubling intervals, keeps that unnoticeable.
    private mutating func wait(atMost limit: Duration) {
        let wait = sharing > 0 ? min(limit, quiet, .milliseconds(250)) : limit
        let wasReady = multi.wait(atMost: wait)
        quiet = wasReady ? .zero : max(.milliseconds(1), quiet + wait)
    }

    /// A function of its own, so that nothing of the work is held while the thread waits.
    private mutating func takeWork() -> TransferLoop.Ending? {
        let work = loop.takeWork()
        for transfer in work.starting { start(transfer) }
        for transfer in work.attention { attend(to: transfer) }
        return work.ending
    }

    private mutating func start(_ transfer: Transfer) {
        let entry = ActiveTransfer(transfer)
        guard let end = transfer.checkTime(.now) else { return }
        guard entry.isConfigured, multi.add(entry.easy) else {
            transfer.settle(.failure(.invalidRequest("libcurl refuses the request: \(entry.detail)")))
            return
        }
        active[entry.key] = entry
        if entry.sharesConnection { sharing += 1 }
        nextCheck = min(nextCheck, end)
    }

    private mutating func attend(to transfer: Transfer) {
        let key = ActiveTransfer.key(of: transfer)
        let attention = transfer.takeAttention()
        guard let entry = active[key] else { return }
        switch attention {
        case .nothing: break
        case .remove:
            remove(key, outcome: .failure(.cancelled))
            return
        case .unpause(let receivePaused, let sendPaused):
            entry.easy.pause(receiving: receivePaused, sending: sendPaused)
        }
        nextCheck = min(nextCheck, transfer.checkTime(.now) ?? .now)
    }

    /// Takes the transfer from libcurl and releases what it held. The outcome counts unless there is one already.
    private mutating func remove(_ key: UnsafeMutableRawPointer, outcome: Result<Void, HTTPClientError>) {
        guard let entry = active.removeValue(forKey: key) else { return }
        multi.remove(entry.easy)
        if entry.sharesConnection { sharing -= 1 }
        entry.transfer.settle(outcome)
    }

    private mutating func checkTimes(_ now: ContinuousClock.Instant) {
        nextCheck = now + Self.longestWait
        for (key, entry) in active {
            if let instant = entry.transfer.checkTime(now) {
                nextCheck = min(nextCheck, instant)
            } else {
                remove(key, outcome: .failure(.cancelled))
            }
        }
    }
}
