import HTTP
import HTTPClient
import Primitives
import Testing

struct CircuitBreakerTests {
    private let settings = CircuitBreaker.Settings(window: 10, minimumCalls: 4, failureRatio: 0.5, openFor: .seconds(10), trials: 2)
    private let start = ContinuousClock.now

    /// Makes calls that are admitted and end one after the other.
    private func call(_ breaker: inout CircuitBreaker, _ outcomes: CircuitBreaker.Outcome..., after: Duration = .zero) throws {
        for outcome in outcomes {
            let permit = try breaker.admit(at: start + after).get()
            breaker.record(outcome, of: permit, at: start + after)
        }
    }

    @Test func staysClosedBelowTheMinimumAndTheRatio() throws {
        var breaker = CircuitBreaker(settings)
        try call(&breaker, .failure, .failure, .failure)
        #expect(breaker.state == .closed)
        var mixed = CircuitBreaker(settings)
        try call(&mixed, .success, .success, .success, .failure, .failure)
        #expect(mixed.state == .closed)
        #expect(mixed.counts.failures == 2)
    }

    @Test func opensAtTheRatioAndRefuses() throws {
        var breaker = CircuitBreaker(settings)
        try call(&breaker, .success, .success, .failure, .failure)
        #expect(breaker.state == .open(until: start + .seconds(10)))
        let refusal = #expect(throws: CircuitBreaker.Refusal.self) { try breaker.admit(at: start + .seconds(4)).get() }
        #expect(refusal?.retryAfter == .seconds(6))
        #expect(breaker.counts.refused == 1)
        #expect(breaker.counts.opened == 1)
    }

    @Test func forgetsOldCalls() throws {
        var breaker = CircuitBreaker(settings)
        try call(&breaker, .failure, .success, .success, .success)
        for _ in 0..<20 { try call(&breaker, .success) }
        try call(&breaker, .failure, .failure, .failure, .failure)
        #expect(breaker.state == .closed)
        try call(&breaker, .failure)
        #expect(breaker.state == .open(until: start + .seconds(10)))
    }

    @Test func closesAfterSuccessfulTrials() throws {
        var breaker = CircuitBreaker(settings)
        try call(&breaker, .failure, .failure, .failure, .failure)
        let first = try breaker.admit(at: start + .seconds(10)).get()
        let second = try breaker.admit(at: start + .seconds(10)).get()
        #expect(breaker.state == .halfOpen)
        #expect(throws: CircuitBreaker.Refusal.self) { try breaker.admit(at: start + .seconds(10)).get() }
        breaker.record(.success, of: first, at: start + .seconds(11))
        #expect(breaker.state == .halfOpen)
        breaker.record(.success, of: second, at: start + .seconds(11))
        #expect(breaker.state == .closed)
    }

    @Test func opensAgainAfterAFailedTrial() throws {
        var breaker = CircuitBreaker(settings)
        try call(&breaker, .failure, .failure, .failure, .failure)
        try call(&breaker, .failure, after: .seconds(12))
        #expect(breaker.state == .open(until: start + .seconds(22)))
    }

    @Test func aCancelledTrialGivesItsPlaceBack() throws {
        var breaker = CircuitBreaker(settings)
        try call(&breaker, .failure, .failure, .failure, .failure)
        try call(&breaker, .neutral, .neutral, .neutral, .success, .success, after: .seconds(10))
        #expect(breaker.state == .closed)
    }

    @Test func lateOutcomesOfAnEarlierStateDoNotCount() throws {
        var breaker = CircuitBreaker(settings)
        let slow = try breaker.admit(at: start).get()
        try call(&breaker, .failure, .failure, .failure, .failure)
        let trial = try breaker.admit(at: start + .seconds(10)).get()
        breaker.record(.failure, of: slow, at: start + .seconds(11))
        #expect(breaker.state == .halfOpen)
        breaker.record(.success, of: trial, at: start + .seconds(11))
        #expect(breaker.state == .halfOpen)
    }

    @Test func theClientStopsCallingABrokenOrigin() async throws {
        let server = try ScriptedServer.answering { _ in response("500 Internal Server Error") }
        let healthy = try ScriptedServer.answering { _ in response("200 OK") }
        defer {
            server.stop()
            healthy.stop()
        }
        var configuration = HTTPClientConfiguration.loopback
        configuration.circuitBreaker = settings
        let client = HTTPClient(configuration: configuration)
        for _ in 0..<4 { #expect(try await client.send(ClientRequest(.get, server.url)).status.rawValue == 500) }
        let error = await failure { _ = try await client.send(ClientRequest(.get, server.url)) }
        #expect(error?.code == "circuit-open", "\(String(describing: error))")
        #expect(client.circuits[server.url]?.counts.refused == 1)
        #expect(try await client.send(ClientRequest(.get, healthy.url)).status.rawValue == 200)
        #expect(server.seen.count == 4)
    }

    @Test func theClientTriesAgainAndRecovers() async throws {
        let attempts = Counter()
        let server = try ScriptedServer.answering { _ in
            attempts.increment()
            return response(attempts.value <= 4 ? "503 Service Unavailable" : "200 OK")
        }
        defer { server.stop() }
        var configuration = HTTPClientConfiguration.loopback
        configuration.circuitBreaker = CircuitBreaker.Settings(window: 10, minimumCalls: 4, openFor: .milliseconds(50), trials: 1)
        let client = HTTPClient(configuration: configuration)
        for _ in 0..<4 { _ = try await client.send(ClientRequest(.get, server.url)) }
        #expect(client.circuits[server.url]?.counts.opened == 1)
        var recovered = false
        let end = ContinuousClock.now + .seconds(10)
        while !recovered && ContinuousClock.now < end {
            let error = await failure {
                recovered = try await client.send(ClientRequest(.get, server.url)).status.rawValue == 200
            }
            #expect(error == nil || error?.code == "circuit-open", "\(String(describing: error))")
        }
        #expect(recovered)
        #expect(client.circuits[server.url]?.state == .closed)
    }
}
