import Primitives
import Synchronization

/// A client's carriers: one on each event loop that it was called from, where its configuration allows that, and one with a
/// thread of its own for all other calls. Each is made when it is first needed.
final class TransferCarriers: Sendable {
    private struct State {
        var own: TransferLoop?
        var hosted: [ObjectIdentifier: HostedTransfers] = [:]
        var ending: TransferEnding?

        var all: [any TransferCarrier] { hosted.values.map { $0 } + (own.map { [$0] } ?? []) }
    }

    private let configuration: HTTPClientConfiguration
    private let state = Mutex(State())

    init(_ configuration: HTTPClientConfiguration) {
        self.configuration = configuration
    }

    /// The carrier for a call from this thread; `nil` after `stop`.
    func current() -> (any TransferCarrier)? {
        let host = configuration.usesEventLoops ? HostLoops.current : nil
        return state.withLock { state in
            guard state.ending == nil else { return nil }
            if let host {
                let key = ObjectIdentifier(host)
                if let known = state.hosted[key] { return known }
                if let made = HostedTransfers(on: host, configuration) {
                    state.hosted[key] = made
                    return made
                }
            }
            if let own = state.own { return own }
            let made = TransferLoop(configuration)
            state.own = made
            return made
        }
    }

    func stop(_ ending: TransferEnding) {
        let all = state.withLock { state in
            state.ending = ending
            return state.all
        }
        for carrier in all { carrier.stop(ending) }
    }

    func ended() async {
        for carrier in state.withLock({ $0.all }) { await carrier.ended() }
    }
}
