import Primitives

/// Stops calling what keeps failing.
///
/// Closed: calls pass and are counted in a sliding window. Open: nothing passes for a time that doubles with each failed attempt to
/// close. Half-open: one call passes as a probe; its success closes the circuit, its failure opens it again.
/// Source: M. Nygard, "Release It!", 2nd edition, chapter 5, Circuit Breaker.
package struct CircuitBreaker: Sendable {
    package struct Settings: Sendable, Hashable {
        /// How far back failures count.
        package var window = Duration.seconds(30)
        /// Calls in the window before a rate means anything.
        package var minimumCalls = 10
        /// Share of failures, 0 to 1, from which the circuit opens.
        package var errorRate = 0.5
        /// Failures in a row that open it however few calls there were.
        package var consecutiveFailures = 5
        package var firstOpenTime = Duration.seconds(5)
        package var longestOpenTime = Duration.minutes(5)
        /// After this long without a word a probe counts as lost, and another may go.
        package var probeTime = Duration.minutes(2)

        package init() {}
    }

    package enum State: String, Sendable {
        case closed, open
        case halfOpen = "half-open"
    }

    /// Lets one call pass; what becomes of the call is reported with it.
    package struct Permit: Sendable, Hashable {
        package let isProbe: Bool
        /// Which of the circuit's states gave it: the result of an older state says nothing about this one.
        fileprivate let generation: Int
    }

    private static let slotCount = 10
    private let settings: Settings
    private let slotLength: Duration
    private var slots = [(calls: Int, failures: Int)](repeating: (0, 0), count: slotCount)
    private var slot = 0
    private var slotStart: ContinuousClock.Instant?
    private var failuresInARow = 0
    private var openings = 0
    private var openUntil: ContinuousClock.Instant?
    private var probeUntil: ContinuousClock.Instant?
    private var generation = 0

    package init(_ settings: Settings = Settings()) {
        self.settings = settings
        slotLength = max(settings.window / Self.slotCount, .nanoseconds(1))
    }

    package func state(now: ContinuousClock.Instant) -> State {
        guard let openUntil else { return .closed }
        return now < openUntil ? .open : .halfOpen
    }

    /// How long nothing passes; zero when a call may.
    package func wait(now: ContinuousClock.Instant) -> Duration {
        guard let openUntil else { return .zero }
        let until = max(openUntil, probeUntil ?? openUntil)
        return max(.zero, until - now)
    }

    /// Share of failures in the window, 0 to 1.
    package mutating func errorRate(now: ContinuousClock.Instant) -> Double {
        advance(now)
        let (calls, failures) = sums
        return calls == 0 ? 0 : Double(failures) / Double(calls)
    }

    /// - Returns: `nil` when the call must not be made.
    package mutating func admit(now: ContinuousClock.Instant) -> Permit? {
        guard openUntil != nil else { return Permit(isProbe: false, generation: generation) }
        guard wait(now: now) == .zero else { return nil }
        probeUntil = now + settings.probeTime
        generation += 1
        return Permit(isProbe: true, generation: generation)
    }

    /// The upstream has answered as it should.
    package mutating func succeeded(_ permit: Permit, now: ContinuousClock.Instant) {
        guard permit.generation == generation else { return }
        count(failure: false, now)
        failuresInARow = 0
        guard permit.isProbe else { return }
        close()
    }

    /// The upstream has failed.
    package mutating func failed(_ permit: Permit, now: ContinuousClock.Instant) {
        guard permit.generation == generation else { return }
        if permit.isProbe { return open(now) }
        count(failure: true, now)
        failuresInARow += 1
        let (calls, failures) = sums
        let isTooMuch = calls >= settings.minimumCalls && Double(failures) >= settings.errorRate * Double(calls)
        if isTooMuch || failuresInARow >= settings.consecutiveFailures { open(now) }
    }

    /// Nothing is known of the upstream: the caller went away. A probe's place is free again.
    package mutating func abandoned(_ permit: Permit) {
        guard permit.isProbe, permit.generation == generation else { return }
        probeUntil = nil
    }

    private mutating func open(_ now: ContinuousClock.Instant) {
        let factor = 1 << min(openings, 20)
        openUntil = now + min(settings.firstOpenTime * factor, settings.longestOpenTime)
        openings += 1
        generation += 1
        probeUntil = nil
    }

    private mutating func close() {
        (openUntil, probeUntil, openings, failuresInARow) = (nil, nil, 0, 0)
        generation += 1
        for index in slots.indices { slots[index] = (0, 0) }
    }

    private mutating func count(failure: Bool, _ now: ContinuousClock.Instant) {
        advance(now)
        slots[slot].calls += 1
        if failure { slots[slot].failures += 1 }
    }

    private var sums: (calls: Int, failures: Int) {
        slots.reduce((0, 0)) { ($0.0 + $1.calls, $0.1 + $1.failures) }
    }

    /// Goes to the slot of this moment and empties those that have passed.
    private mutating func advance(_ now: ContinuousClock.Instant) {
        let start = slotStart ?? now
        slotStart = start
        guard now - start >= slotLength else { return }
        let steps = Int((now - start).seconds / slotLength.seconds)
        for step in 0..<min(steps, Self.slotCount) { slots[(slot + 1 + step) % Self.slotCount] = (0, 0) }
        slot = (slot + steps % Self.slotCount) % Self.slotCount
        slotStart = start + slotLength * steps
    }
}
