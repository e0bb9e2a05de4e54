import Jobs
import Primitives
import Synchronization

/// How many files come from one host at once, and when a host that asked for it is left alone.
final class HostGates: Sendable {
    private struct Gate {
        let slots: Slots
        var opens = ContinuousClock.now
    }

    private let gates = Mutex<[String: Gate]>([:])
    private let width: Int

    /// - Parameter width: files at once from one host.
    init(width: Int) { self.width = width }

    /// Runs `body` when the host may be asked.
    func pass<T>(_ host: String, _ body: () async throws -> T) async throws -> T {
        let slots = gate(host).slots
        try await slots.acquire()
        defer { slots.release() }
        while case let opens = gate(host).opens, opens > .now { try await Task.sleep(until: opens, clock: .continuous) }
        return try await body()
    }

    /// Leaves a host alone for a while.
    func close(_ host: String, for wait: Duration) {
        gates.withLock { gates in
            var gate = gates[host] ?? Gate(slots: Slots(width))
            gate.opens = max(gate.opens, .now + wait)
            gates[host] = gate
        }
    }

    private func gate(_ host: String) -> Gate {
        gates.withLock { gates in
            if let gate = gates[host] { return gate }
            let gate = Gate(slots: Slots(width))
            gates[host] = gate
            return gate
        }
    }
}
