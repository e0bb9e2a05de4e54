import ModelRouting
import Primitives
import TestSupport
import Testing

extension CircuitBreaker {
    struct NotAdmitted: Error {}

    /// A permit that must be had.
    fileprivate mutating func permit(_ now: ContinuousClock.Instant) throws -> Permit {
        guard let permit = admit(now: now) else { throw NotAdmitted() }
        return permit
    }
}

@Suite struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func opened() -> CircuitBreaker {
        var circuit = CircuitBreaker()
        for _ in 0..<5 {
            if let permit = circuit.admit(now: start) { circuit.failed(permit, now: start) }
        }
        return circuit
    }

    @Test func opensAfterFailuresInARow() {
        var circuit = opened()
        #expect(circuit.state(now: start) == .open)
        let early = circuit.admit(now: at(4.999))
        #expect(early == nil)
        #expect(circuit.state(now: at(5)) == .halfOpen)
    }

    @Test func opensAtTheErrorRateOfTheWindow() throws {
        var circuit = CircuitBreaker()
        // Success and failure in turn: never five in a row, half of them wrong.
        for call in 0..<9 {
            let permit = try circuit.permit(at(Double(call)))
            if call % 2 == 0 {
                circuit.succeeded(permit, now: at(Double(call)))
            } else {
                circuit.failed(permit, now: at(Double(call)))
            }
        }
        #expect(circuit.state(now: at(9)) == .closed)
        let permit = try circuit.permit(at(9))
        circuit.failed(permit, now: at(9))
        #expect(circuit.state(now: at(9)) == .open)
    }

    @Test func oldFailuresDoNotCount() throws {
        var circuit = CircuitBreaker()
        for call in 0..<40 {
            // One failure, then one success, a minute apart.
            let now = at(Double(call) * 60)
            let permit = try circuit.permit(now)
            if call % 2 == 0 { circuit.failed(permit, now: now) } else { circuit.succeeded(permit, now: now) }
        }
        let rate = circuit.errorRate(now: at(40 * 60))
        #expect(rate == 0)
    }

    @Test func oneProbeAtATimeAndTimesDouble() throws {
        var circuit = opened()
        var now = 5.0
        for wait in [10.0, 20, 40, 80, 160, 300, 300] {
            let probe = try circuit.permit(at(now))
            #expect(probe.isProbe)
            let second = circuit.admit(now: at(now))
            #expect(second == nil)
            circuit.failed(probe, now: at(now))
            #expect(circuit.wait(now: at(now)) == .seconds(wait))
            now += wait
        }
        let probe = try circuit.permit(at(now))
        circuit.succeeded(probe, now: at(now))
        #expect(circuit.state(now: at(now)) == .closed)
        let rate = circuit.errorRate(now: at(now))
        #expect(rate == 0)
    }

    @Test func anAbandonedProbeMakesRoomAndALostOneRunsOut() throws {
        var circuit = opened()
        let probe = try circuit.permit(at(5))
        circuit.abandoned(probe)
        _ = try circuit.permit(at(5))
        let early = circuit.admit(now: at(124))
        #expect(early == nil)
        _ = try circuit.permit(at(125))
    }

    @Test func resultsOfAnOlderStateSayNothing() throws {
        var circuit = CircuitBreaker()
        let early = try circuit.permit(start)
        for _ in 0..<5 { if let permit = circuit.admit(now: start) { circuit.failed(permit, now: start) } }
        circuit.succeeded(early, now: at(1))
        #expect(circuit.state(now: at(1)) == .open)
    }
}

@Suite struct DecayedHistogramTests {
    private let start = ContinuousClock.now

    @Test(arguments: [0.0, 0.1, 0.5, 0.9, 0.99, 1.0]) func quantilesAreWithinTheirAccuracy(_ fraction: Double) throws {
        var histogram = DecayedHistogram(halfLife: .seconds(60))
        var random = SplitMix(seed: 3)
        var samples: [Double] = []
        for _ in 0..<5000 {
            let sample = Double.random(in: 0.001...3, using: &random) * Double.random(in: 0.1...1, using: &random)
            samples.append(sample)
            histogram.add(sample, now: start)
        }
        samples.sort()
        let exact = samples[max(0, Int((fraction * 5000).rounded(.up)) - 1)]
        let found = try #require(histogram.quantile(fraction))
        #expect(abs(found - exact) <= exact * (DecayedHistogram.accuracy + 0.002), "\(found) \(exact)")
    }

    @Test func newSpeedsReplaceOldOnes() throws {
        var histogram = DecayedHistogram(halfLife: .seconds(60))
        for _ in 0..<1000 { histogram.add(1, now: start) }
        for second in 0..<100 { histogram.add(0.1, now: start + .seconds(600 + Double(second))) }
        #expect(abs(try #require(histogram.quantile(0.5)) - 0.1) < 0.006)
        #expect(histogram.weight(now: start + .seconds(6000)) < 1e-20)
    }

    @Test func aLongTimeBreaksNothing() throws {
        var histogram = DecayedHistogram(halfLife: .seconds(1))
        for step in 0..<200 { histogram.add(0.25, now: start + .seconds(Double(step) * 50_000)) }
        #expect(abs(try #require(histogram.quantile(1)) - 0.25) < 0.0126)
    }

    @Test(arguments: [0.0, -1, .nan, .infinity]) func otherNumbersAreLeftOut(_ sample: Double) {
        var histogram = DecayedHistogram(halfLife: .seconds(60))
        histogram.add(sample, now: start)
        #expect(histogram.quantile(0.5) == nil)
    }
}

@Suite struct HealthBoardTests {
    private let start = ContinuousClock.now

    /// Ten seconds for an answer in one piece are not ten seconds to its first token.
    @Test func answersInOnePieceTeachNoFirstToken() throws {
        let board = HealthBoard()
        for _ in 0..<20 {
            let permit = try #require(board.admit("a", now: start))
            board.report(permit, .answered(firstToken: nil, total: 10, outputTokens: 1000), now: start)
        }
        let reading = board.readings(of: ["a"], now: start)[0]
        #expect(reading.firstToken == nil)
        #expect(abs(try #require(reading.perToken).median - 0.01) < 0.001)
    }

    /// Thirty seconds of thoughts and two of words are no three thousand tokens a second.
    @Test func thoughtsBeforeTheFirstTokenArePartOfThePace() throws {
        let board = HealthBoard()
        #expect(board.readings(of: ["a"], now: start)[0].secondsPerToken == nil)
        for _ in 0..<20 {
            let permit = try #require(board.admit("a", now: start))
            board.report(permit, .answered(firstToken: 30, total: 32, outputTokens: 6200), now: start)
        }
        let pace = try #require(board.readings(of: ["a"], now: start)[0].secondsPerToken)
        #expect(abs(pace - 32 / 6200) < 0.06 * 32 / 6200, "\(pace)")
    }

    @Test func learnsSpeedFromTraffic() throws {
        let board = HealthBoard()
        for _ in 0..<20 {
            let permit = try #require(board.admit("a", now: start))
            board.report(permit, .answered(firstToken: 0.2, total: 0.2 + 0.99, outputTokens: 100), now: start)
        }
        let reading = board.readings(of: ["a", "b"], now: start)
        #expect(abs(try #require(reading[0].firstToken).median - 0.2) < 0.011)
        #expect(abs(try #require(reading[0].perToken).median - 0.01) < 0.0006)
        #expect(reading[0].meanOutput == 100)
        #expect(reading[1].firstToken == nil)
        // Hours later the measurements say nothing any more.
        #expect(board.readings(of: ["a"], now: start + .hours(5))[0].firstToken == nil)
    }

    @Test(arguments: [(7.5, 7.5), (0, 0), (-3, 0), (1e9, 3600)]) func honoursRetryAfter(_ given: Double, _ wait: Double) throws {
        let board = HealthBoard()
        board.report(try #require(board.admit("a", now: start)), .rateLimited(retryAfter: given), now: start)
        if wait > 0 {
            #expect(board.readings(of: ["a"], now: start)[0].availability == .rateLimited(seconds: wait))
            #expect(board.admit("a", now: start + .seconds(wait - 0.01)) == nil)
        }
        #expect(board.admit("a", now: start + .seconds(wait)) != nil)
    }

    @Test func withoutRetryAfterPatienceDoubles() throws {
        let board = HealthBoard()
        var now = start
        for wait in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            board.report(try #require(board.admit("a", now: now)), .rateLimited(retryAfter: nil), now: now)
            #expect(board.readings(of: ["a"], now: now)[0].availability == .rateLimited(seconds: wait))
            now += .seconds(wait)
        }
        // Limits are no failures: the circuit never opened.
        #expect(board.readings(of: ["a"], now: now)[0].errorRate == 0)
    }

    @Test func callsThatMeetALimitTogetherMeetItOnce() throws {
        let board = HealthBoard()
        let permits = try (0..<20).map { _ in try #require(board.admit("a", now: start)) }
        for permit in permits { board.report(permit, .rateLimited(retryAfter: nil), now: start) }
        #expect(board.patience(for: "a", now: start) == .seconds(1) && board.patience(for: "b", now: start) == .zero)
    }

    @Test func anAnswerFromBeforeTheLimitDoesNotLiftIt() throws {
        let board = HealthBoard()
        let early = try #require(board.admit("a", now: start))
        board.report(try #require(board.admit("a", now: start)), .rateLimited(retryAfter: 10), now: start)
        board.report(early, .answered(firstToken: 1, total: 1, outputTokens: 1), now: start + .seconds(1))
        #expect(board.admit("a", now: start + .seconds(2)) == nil)
    }
}
