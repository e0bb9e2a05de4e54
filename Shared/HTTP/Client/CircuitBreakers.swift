import Synchronization

/// One circuit breaker per origin.
final class CircuitBreakers: Sendable {
    /// Strangers choose origins (webhooks, redirects): past this many, the unremarkable ones are forgotten, then any.
    private static let capacity = 1024

    private let settings: CircuitBreaker.Settings
    private let breakers = Mutex<[String: CircuitBreaker]>([:])

    init(_ settings: CircuitBreaker.Settings) {
        self.settings = settings
    }

    /// The breakers of all remembered origins.
    var snapshot: [String: CircuitBreaker] { breakers.withLock { $0 } }

    /// - Throws: `.circuitOpen` when nothing may be sent to the origin now.
    func admit(_ origin: String) throws(HTTPClientError) -> CircuitBreaker.Permit {
        let admission = breakers.withLock { breakers in
            if breakers[origin] == nil && breakers.count >= Self.capacity { Self.makeRoom(&breakers) }
            return breakers[origin, default: CircuitBreaker(settings)].admit(at: .now)
        }
        switch admission {
        case .success(let permit): return permit
        case .failure(let refusal): throw .circuitOpen(origin: origin, retryAfter: refusal.retryAfter)
        }
    }

    func record(_ outcome: CircuitBreaker.Outcome, of permit: CircuitBreaker.Permit, origin: String) {
        breakers.withLock { $0[origin]?.record(outcome, of: permit, at: .now) }
    }

    private static func makeRoom(_ breakers: inout [String: CircuitBreaker]) {
        breakers = breakers.filter { !$0.value.isUnremarkable }
        while breakers.count >= capacity, let any = breakers.keys.first { breakers[any] = nil }
    }
}
