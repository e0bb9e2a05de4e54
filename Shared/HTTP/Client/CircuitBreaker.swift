/// Stops calling an origin that keeps failing, and tries it again after a while.
///
/// A state machine without clock or lock. Source: M. Nygard, "Release It!", 2nd edition, chapter 5; the window of the last calls
/// follows the count-based window of common implementations.
package struct CircuitBreaker: Sendable {
    package struct Settings: Sendable, Hashable {
        /// The last calls that are looked at.
        package var window: Int
        /// No verdict on fewer calls than this.
        package var minimumCalls: Int
        /// The share of failures, 0 to 1, at which the circuit opens.
        package var failureRatio: Double
        /// How long nothing is sent once open.
        package var openFor: Duration
        /// Calls let through at once when half open; that many successes close the circuit, one failure opens it again.
        package var trials: Int

        package init(
            window: Int = 20, minimumCalls: Int = 5, failureRatio: Double = 0.5, openFor: Duration = .seconds(15), trials: Int = 2
        ) {
            self.window = max(1, window)
            self.minimumCalls = min(max(1, minimumCalls), self.window)
            self.failureRatio = failureRatio
            self.openFor = openFor
            self.trials = max(1, trials)
        }
    }

    package enum State: Sendable, Hashable {
        case closed
        case open(until: ContinuousClock.Instant)
        case halfOpen
    }

    package enum Outcome: Sendable {
        case success
        case failure
        /// Says nothing about the origin, for example a call its caller cancelled.
        case neutral
    }

    /// What happened since the breaker was made.
    package struct Counts: Sendable, Hashable {
        package var successes = 0
        package var failures = 0
        /// Calls not let through.
        package var refused = 0
        /// How often the circuit opened.
        package var opened = 0
    }

    /// The right to make one call. Its outcome must be recorded once.
    package struct Permit: Sendable, Hashable {
        fileprivate let era: Int
    }

    package private(set) var state = State.closed
    package private(set) var counts = Counts()
    private let settings: Settings
    private var recent: [Bool] = []
    private var position = 0
    private var running = 0
    private var succeeded = 0
    /// Grows with each change of state: late outcomes of an earlier state say nothing about the present one.
    private var era = 0

    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// Whether nothing here is worth keeping: closed, and no failure among the last calls.
    var isUnremarkable: Bool { state == .closed && !recent.contains(false) }

    /// Asks to make a call.
    /// - Returns: the permit, or how long to wait before asking again.
    package mutating func admit(at now: ContinuousClock.Instant) -> Result<Permit, Refusal> {
        if case .open(let until) = state {
            guard now >= until else { return refuse(for: now.duration(to: until)) }
            enter(.halfOpen)
        }
        if state == .halfOpen {
            guard running < settings.trials else { return refuse(for: .seconds(1)) }
            running += 1
        }
        return .success(Permit(era: era))
    }

    package struct Refusal: Error, Hashable {
        package let retryAfter: Duration
    }

    private mutating func refuse(for wait: Duration) -> Result<Permit, Refusal> {
        counts.refused += 1
        return .failure(Refusal(retryAfter: wait))
    }

    /// Reports how a permitted call went.
    package mutating func record(_ outcome: Outcome, of permit: Permit, at now: ContinuousClock.Instant) {
        switch outcome {
        case .success: counts.successes += 1
        case .failure: counts.failures += 1
        case .neutral: break
        }
        guard permit.era == era else { return }
        switch state {
        case .closed: remember(outcome, at: now)
        case .halfOpen: conclude(outcome, at: now)
        case .open: break
        }
    }

    private mutating func remember(_ outcome: Outcome, at now: ContinuousClock.Instant) {
        guard outcome != .neutral else { return }
        if recent.count < settings.window {
            recent.append(outcome == .success)
        } else {
            recent[position] = outcome == .success
            position = (position + 1) % settings.window
        }
        let failures = recent.count { !$0 }
        if recent.count >= settings.minimumCalls && Double(failures) >= settings.failureRatio * Double(recent.count) && failures > 0
        {
            open(at: now)
        }
    }

    private mutating func conclude(_ outcome: Outcome, at now: ContinuousClock.Instant) {
        running = max(0, running - 1)
        switch outcome {
        case .success:
            succeeded += 1
            if succeeded >= settings.trials { enter(.closed) }
        case .failure: open(at: now)
        case .neutral: break
        }
    }

    private mutating func open(at now: ContinuousClock.Instant) {
        counts.opened += 1
        enter(.open(until: now + settings.openFor))
    }

    private mutating func enter(_ next: State) {
        state = next
        era += 1
        (running, succeeded, position) = (0, 0, 0)
        recent.removeAll(keepingCapacity: true)
    }
}
