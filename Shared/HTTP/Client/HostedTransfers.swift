import CCurl
import Glibc
import Primitives

/// Transfers on the thread of an event loop, for the tasks that run there: a request goes out within the call, and its answer is
/// read where it is waited for.
// Safe to share: all but the host is touched on the host's thread alone.
final class HostedTransfers: TransferCarrier, LoopGuest, @unchecked Sendable {
    private let host: any HostLoop
    private let multi: MultiHandle
    private let sockets: SocketWatch
    private var seat: (any LoopSeat)?
    private var transfers: ActiveTransfers
    private let plain: PlainTransfers
    /// When shared connections are looked at again.
    private var nextKick: ContinuousClock.Instant?
    private var quiet = SharedConnections.firstWait
    private var ending: TransferEnding?
    private var isOver = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// - Parameter host: the loop of the calling thread.
    /// - Returns: `nil` when the kernel gives no descriptor.
    init?(on host: any HostLoop, _ configuration: HTTPClientConfiguration) {
        guard let watch = SocketWatch() else { return nil }
        self.host = host
        sockets = watch
        multi = MultiHandle(configuration, watch: watch)
        transfers = ActiveTransfers(multi)
        weak var owner: HostedTransfers?
        plain = PlainTransfers(configuration, on: host) { owner?.plainTransferEnded() }
        owner = self
        seat = host.seat(self, descriptor: watch.epoll)
        if seat == nil {
            multi.close()
            close(watch.epoll)
            return nil
        }
    }

    var watch: SocketWatch? { sockets }

    func start(_ transfer: Transfer) {
        if host.isCurrent { begin(transfer) } else { host.post { self.begin(transfer) } }
    }

    private func begin(_ transfer: Transfer) {
        guard !isOver, ending == nil else {
            transfer.settle(.failure(.shutDown))
            return
        }
        if plain.start(transfer) { return plan() }
        transfers.start(transfer)
        goOn()
    }

    func attend(_ transfer: Transfer) {
        host.post { [self] in
            guard !isOver else { return }
            if plain.attend(to: transfer) { return plan() }
            transfers.attend(to: transfer)
            goOn()
        }
    }

    func stop(_ ending: TransferEnding) {
        host.post { [self] in
            guard !isOver, self.ending != .now else { return }
            self.ending = ending
            if ending == .now {
                plain.removeAll(outcome: .shutDown)
                transfers.removeAll(outcome: .shutDown)
            }
            goOn()
        }
    }

    func ended() async {
        await withCheckedContinuation { continuation in
            host.post { [self] in
                if isOver { continuation.resume() } else { waiters.append(continuation) }
            }
        }
    }

    func descriptorReady(isReadable: Bool, isWritable: Bool) {
        sockets.forEachReady { multi.act(on: $0, $1) }
        if transfers.sharing > 0 {
            multi.actOnAll()
            quiet = SharedConnections.firstWait
            nextKick = .now + quiet
        }
        goOn()
    }

    func flush() {}

    func timePassed() {
        let now = ContinuousClock.now
        if let kick = nextKick, kick <= now {
            multi.actOnAll()
            quiet = min(quiet * 2, SharedConnections.longestWait)
            nextKick = transfers.sharing > 0 ? now + quiet : nil
        }
        plain.checkTimes(now)
        transfers.checkTimes(now)
        goOn()
    }

    /// Does what libcurl wants done at once, settles what is finished and plans the next look.
    private func goOn() {
        let now = ContinuousClock.now
        // What libcurl does may give it more to do; after some rounds other work of the loop has its turn.
        var rounds = 0
        while rounds < 8, sockets.takeTimer(now) {
            multi.actOnTimers()
            rounds += 1
        }
        transfers.collectFinished()
        plan(now)
    }

    /// Plans the next look, or ends when nothing is left to do.
    private func plan(_ now: ContinuousClock.Instant = .now) {
        if ending != nil, transfers.isEmpty, plain.isEmpty { return end() }
        let check = min(transfers.nextCheck, plain.nextCheck)
        let next = min(sockets.timer ?? check, nextKick ?? check, check)
        seat?.wake(after: now.duration(to: next))
    }

    private func plainTransferEnded() {
        if ending != nil { plan() }
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        plain.removeAll(outcome: .shutDown)
        multi.close()
        seat?.leave()
        seat = nil
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}

/// libcurl 7.88 reads a shared connection on behalf of one transfer and may leave the others' bytes in its buffers without marking
/// them for attention: no socket becomes ready, and the others stand still until some timer of libcurl's runs out. Looking again
/// right after each event, then at doubling intervals, keeps that unnoticeable.
enum SharedConnections {
    static let firstWait = Duration.milliseconds(1)
    static let longestWait = Duration.milliseconds(250)
}
