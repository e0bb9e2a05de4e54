import CCurl
import Primitives

/// The transfers in libcurl's hands, for the one thread that carries them out.
struct ActiveTransfers: ~Copyable {
    /// How long nothing is looked at when nothing has a time limit.
    private static let longestWait = Duration.seconds(60)
    /// Handles kept for coming transfers: to set one up costs as much as a small request.
    private static let spareHandles = 64

    private let multi: MultiHandle
    private var active: [ObjectIdentifier: ActiveTransfer] = [:]
    private var spare: [ActiveTransfer] = []
    /// Transfers that may share a connection.
    private(set) var sharing = 0
    /// No transfer runs out of time before this instant.
    private(set) var nextCheck = ContinuousClock.now + longestWait

    init(_ multi: MultiHandle) {
        self.multi = multi
    }

    var isEmpty: Bool { active.isEmpty }

    mutating func start(_ transfer: Transfer) {
        guard let end = transfer.checkTime(.now) else { return }
        let entry = spare.popLast() ?? ActiveTransfer()
        entry.take(transfer)
        guard entry.isConfigured, multi.add(entry.easy) else {
            transfer.settle(.failure(.invalidRequest("libcurl refuses the request: \(entry.detail)")))
            return
        }
        active[ObjectIdentifier(transfer)] = entry
        if entry.sharesConnection { sharing += 1 }
        nextCheck = min(nextCheck, end)
    }

    mutating func attend(to transfer: Transfer) {
        let attention = transfer.takeAttention()
        guard let entry = active[ObjectIdentifier(transfer)] else { return }
        switch attention {
        case .nothing: break
        case .remove: return remove(transfer, outcome: .failure(.cancelled))
        case .unpause(let receivePaused, let sendPaused):
            entry.easy.pause(receiving: receivePaused, sending: sendPaused)
        }
        nextCheck = min(nextCheck, transfer.checkTime(.now) ?? .now)
    }

    /// Settles the transfers that libcurl is done with.
    mutating func collectFinished() {
        while let (key, code) = multi.nextFinished() {
            let entry = ActiveTransfer.of(key)
            if let transfer = entry.transfer { remove(transfer, outcome: entry.outcome(of: code)) }
        }
    }

    mutating func removeAll(outcome: HTTPClientError) {
        for transfer in active.values.compactMap(\.transfer) { remove(transfer, outcome: .failure(outcome)) }
    }

    /// Takes the transfer from libcurl and releases what it held. The outcome counts unless there is one already.
    private mutating func remove(_ transfer: Transfer, outcome: Result<Void, HTTPClientError>) {
        guard let entry = active.removeValue(forKey: ObjectIdentifier(transfer)) else { return }
        multi.remove(entry.easy)
        if entry.sharesConnection { sharing -= 1 }
        entry.release()
        if spare.count < Self.spareHandles { spare.append(entry) }
        transfer.settle(outcome)
    }

    /// Ends the transfers whose time is up, if it can be up for one.
    mutating func checkTimes(_ now: ContinuousClock.Instant) {
        guard now >= nextCheck else { return }
        nextCheck = now + Self.longestWait
        for transfer in active.values.compactMap(\.transfer) {
            if let instant = transfer.checkTime(now) {
                nextCheck = min(nextCheck, instant)
            } else {
                remove(transfer, outcome: .failure(.cancelled))
            }
        }
    }
}
