import AlertingCore
import Primitives
import Testing

/// Alerts that programs tell of, beside those of rules.
struct PostedAlertTests {
    /// As many as may fire at once, however many have ended before.
    @Test func whatHasEndedIsInNobodysWay() async throws {
        let scene = try await Scene(ruleFile("  - {name: High, kind: threshold, metric: m, window: 1m, above: 5}"))
        func post(_ names: Range<Int>, for span: Duration) async throws {
            let ends = scene.time.wall.advanced(by: span)
            try await scene.center.post(
                names.map {
                    PostedAlert(labels: ["alertname": "\($0)"], annotations: [:], starts: nil, ends: ends, generatorURL: nil)
                })
        }
        try await post(0..<20_000, for: .seconds(5))
        await #expect(throws: AlertingError.tooMany("alerts", limit: 20_000)) { try await post(20_000..<20_001, for: .minutes(5)) }
        await scene.rounds(10)
        try await post(20_000..<20_001, for: .minutes(5))
        #expect(await scene.states() == ["20000"])
        await scene.end()
    }

    /// Where no more can be kept, what ended first makes room; what fires, and an end that is not told yet, never does.
    @Test func whatEndedFirstMakesRoom() async throws {
        let names = ruleFile("  - {name: High, kind: threshold, metric: m, window: 1m, above: 5}")
        let scene = try await Scene(names, mostAlerts: 10)
        func post(_ name: Int, for span: Duration = .hours(1)) async throws {
            try await scene.post(["alertname": "\(name)"], ends: scene.time.wall.advanced(by: span))
        }
        for name in 0..<10 { try await post(name, for: name < 2 ? .seconds(name + 2) : .hours(1)) }
        await #expect(throws: AlertingError.tooMany("alerts", limit: 10)) { try await post(10) }
        await scene.rounds(600)
        #expect(Set(await scene.states([.resolved])) == ["0", "1"])
        // One that is kept may fire again.
        try await post(0)
        #expect(await scene.states([.resolved]) == ["1"])
        try await post(10)
        #expect(await scene.states([.resolved]) == [])
        #expect(await scene.states().count == 10)
        await #expect(throws: AlertingError.tooMany("alerts", limit: 10)) { try await post(11) }
        await scene.end()
    }

    /// A rule that only waits whether it should fire keeps no program's alert away.
    @Test func whatIsPendingIsNotKnownBetter() async throws {
        let scene = try await Scene(
            ruleFile("  - {name: High, kind: threshold, metric: m, window: 1m, above: 5, for: 5m, by: [host]}"))
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(1)
        let labels = try #require(await scene.center.statuses([.pending]).first?.alert.labels)
        // That is not theirs to end.
        try await scene.post(labels, ends: Timestamp(milliseconds: 1))
        #expect(await scene.center.statuses([.pending]).count == 1)
        try await scene.post(labels, ends: scene.time.wall.advanced(by: .minutes(3)))
        #expect(await scene.center.statuses([.firing]).map(\.alert.source) == [.api])
        // The rule's time is over before it fired: the program's alert holds as long as it said.
        await scene.rounds(120)
        #expect(await scene.center.statuses([.firing]).map(\.alert.source) == [.api])
        await scene.rounds(80)
        #expect(await scene.states() == [])
        await scene.end()
    }
}
