import AlertingCore
import AnalyticsAPI
import Primitives
import TestSupport
import Testing

/// What rules make of measurements.
struct EvaluationTests {
    private static func rule(_ text: String) -> String { ruleFile("  - {name: R, \(text)}") }

    @Test(arguments: [
        ("function: sum, above: 9", [1.0, 2, 3], false), ("function: sum, above: 9", [4, 3, 3], true),
        ("function: avg, at_least: 4", [2, 6], true), ("function: avg, above: 4", [2, 6], false),
        ("function: min, below: 2", [1, 9], true), ("function: max, above: 8", [1, 9], true),
        ("function: count, at_least: 3", [1, 1], false), ("function: count, at_least: 3", [0, 0, 0], true),
        ("function: max, at_most: -1", [-5, -2], true),
    ])
    func aThresholdLooksAtItsFunction(_ text: String, _ values: [Double], _ fires: Bool) async throws {
        let scene = try await Scene(Self.rule("kind: threshold, metric: m, window: 1m, " + text))
        await scene.rounds(61)
        for value in values { await scene.send("m", value) }
        await scene.send("other", 1000)
        await scene.rounds(1)
        #expect(await scene.states() == (fires ? ["R"] : []))
        await scene.end()
    }

    @Test func aQuantileIsWithinOnePerCent() async throws {
        let scene = try await Scene(Self.rule("kind: threshold, metric: m, window: 10m, function: p95, above: 940.5"))
        for value in 1...1000 { await scene.send("m", Double(value * 7919 % 1000 + 1)) }
        await scene.rounds(1)
        let value = try #require(await scene.center.statuses([.firing]).first?.alert.value)
        #expect(abs(value - 950) <= 9.5)
        await scene.end()
    }

    @Test func aWindowForgets() async throws {
        let scene = try await Scene(Self.rule("kind: threshold, metric: m, window: 30s, above: 5"))
        await scene.send("m", 3)
        await scene.rounds(20)
        await scene.send("m", 3)
        await scene.rounds(1)
        #expect(await scene.states() == ["R"])
        // The first has gone, the second has not.
        await scene.rounds(15)
        #expect(await scene.states() == [])
        #expect(await scene.states([.resolved]) == ["R"])
        // What is too old never counts, and what is said to be of the future counts now.
        await scene.send("m", 100, ago: .seconds(40))
        await scene.rounds(1)
        #expect(await scene.states() == [])
        await scene.send("m", 100, ago: .seconds(-300))
        await scene.rounds(1)
        #expect(await scene.states() == ["R"])
        await scene.rounds(35)
        #expect(await scene.states() == [])
        await scene.end()
    }

    /// Wherever in a step of the window a measurement comes, it counts for as long as the rule says, and at most a step longer.
    @Test(arguments: [0, 7, 23, 31, 58]) func aWindowReachesBackAsFarAsItSays(_ offset: Int) async throws {
        let scene = try await Scene(Self.rule("kind: threshold, metric: m, window: 30m, above: 5"))
        await scene.rounds(offset)
        await scene.send("m", 9)
        await scene.rounds(1)
        #expect(await scene.states() == ["R"])
        await scene.rounds(30 * 60 - 2)
        #expect(await scene.states() == ["R"])
        await scene.rounds(62)
        #expect(await scene.states() == [])
        await scene.end()
    }

    @Test func itMustHoldForAsLongAsItsRuleSays() async throws {
        let scene = try await Scene(Self.rule("kind: threshold, metric: m, window: 1m, above: 5, for: 20s"))
        await scene.send("m", 9)
        await scene.rounds(10)
        #expect(await scene.states([.pending]) == ["R"])
        await scene.rounds(12)
        #expect(await scene.states() == ["R"])
        await scene.end()
        let short = try await Scene(Self.rule("kind: threshold, metric: m, window: 10s, above: 5, for: 20s"))
        await short.send("m", 9)
        await short.rounds(30)
        #expect(await short.states([.pending, .firing, .resolved]) == [])
        #expect(try await short.deliveries.isEmpty)
        await short.end()
    }

    @Test func groupsAreJudgedByThemselves() async throws {
        let scene = try await Scene(
            Self.rule("kind: threshold, metric: m, window: 1m, above: 5, by: [host, script], where: {zone: eu}"))
        for (host, zone, value) in [("a", "eu", 9.0), ("b", "eu", 3), ("c", "us", 9), ("b", "eu", 3)] {
            await scene.send("m", value, ["host": host, "zone": zone])
        }
        await scene.rounds(1)
        let firing = await scene.center.statuses([.firing]).map(\.alert.labels)
        #expect(firing.map { $0["host"] }.compactMap(\.self).sorted() == ["a", "b"])
        #expect(firing.allSatisfy { $0["script"] == "s.py" && $0["severity"] == "warning" })
        await scene.end()
    }

    @Test func absenceIsNotMistakenForDeafness() async throws {
        var scene = try await Scene(Self.rule("kind: absence, metric: m, window: 1m"))
        await scene.rounds(50)
        await scene.send("m", 1)
        await scene.rounds(50)
        #expect(await scene.states() == [])
        // Nobody hears for ten minutes; then a whole window must pass in silence.
        await scene.rounds(10, every: .minutes(1), isHeard: false)
        #expect(await scene.states() == [])
        await scene.rounds(50)
        #expect(await scene.states() == [])
        // Nor does the process's own absence count.
        try await scene.restart(Self.rule("kind: absence, metric: m, window: 1m"), after: .hours(1))
        await scene.rounds(50)
        #expect(await scene.states() == [])
        await scene.rounds(15)
        #expect(await scene.states() == ["R"])
        // What fires goes on over a restart.
        try await scene.restart(Self.rule("kind: absence, metric: m, window: 1m"), after: .hours(1))
        await scene.rounds(5)
        #expect(await scene.states() == ["R"])
        await scene.send("m", 1)
        await scene.rounds(1)
        #expect(await scene.states() == [])
        await scene.end()
    }

    /// An hour without the process is an hour in which nothing could be seen, whatever a window from before it looks like.
    @Test func aLongRestartProvesNothing() async throws {
        let little = Self.rule("kind: threshold, metric: m, function: count, window: 5m, below: 1")
        var scene = try await Scene(little)
        for _ in 0..<6 {
            await scene.send("m", 1)
            await scene.rounds(60)
        }
        #expect(await scene.states() == [])
        try await scene.restart(little, after: .hours(1))
        await scene.rounds(240)
        #expect(await scene.states() == [])
        await scene.rounds(80)
        #expect(await scene.states() == ["R"])
        await scene.end()
    }

    /// A silence that goes on over short restarts is one silence.
    @Test func shortRestartsDoNotBeginASilenceAnew() async throws {
        let rule = Self.rule("kind: absence, metric: m, window: 10m")
        var scene = try await Scene(rule)
        await scene.send("m", 1)
        for _ in 0..<3 {
            await scene.rounds(180)
            await scene.center.save(force: true)
            try await scene.restart(rule)
        }
        #expect(await scene.states() == [])
        await scene.rounds(70)
        #expect(await scene.states() == ["R"])
        await scene.end()
    }

    /// What the studio measures itself nobody has measured while it was away: what fired then fires still.
    @Test func whatFiredIsNotEndedByAnEmptyWindow() async throws {
        let rule = Self.rule("kind: threshold, metric: service_up, function: max, window: 1m, below: 1, by: [service]")
        var scene = try await Scene(rule)
        for _ in 0..<70 {
            await scene.send("service_up", 0, ["service": "audio"])
            await scene.rounds(1)
        }
        #expect(await scene.states() == ["R"])
        try await scene.restart(rule, after: .minutes(10))
        await scene.rounds(5)
        #expect(await scene.states() == ["R"])
        for _ in 0..<400 {
            await scene.send("service_up", 1, ["service": "audio"])
            await scene.rounds(1)
        }
        #expect(await scene.states() == [])
        let told = try await scene.deliveries.map(\.notification.state)
        #expect(told == [.firing, .resolved], "\(told)")
        await scene.end()
    }

    /// What came while nobody could listen is not known to be missing; what is missing afterwards is.
    @Test func littleIsOnlyWhatWasHeardToBeLittle() async throws {
        let scene = try await Scene(Self.rule("kind: threshold, metric: m, function: count, window: 1m, below: 20"))
        for _ in 0..<100 {
            await scene.send("m", 1)
            await scene.rounds(1)
        }
        // The server is away for longer than the window, which is empty then.
        await scene.rounds(100, isHeard: false)
        #expect(await scene.states() == [])
        // Nobody sends any more: the window must have been heard nearly whole, then it counts without any news.
        await scene.rounds(50)
        #expect(await scene.states() == [])
        await scene.rounds(10)
        #expect(await scene.states() == ["R"])
        // What fires does not end because nothing is heard; it ends when there is enough.
        await scene.rounds(100, isHeard: false)
        #expect(await scene.states() == ["R"])
        for _ in 0..<70 {
            await scene.send("m", 1)
            await scene.rounds(1)
        }
        #expect(await scene.states() == [])
        await scene.end()
    }

    /// A server that is away again and again does not keep rules with long windows from ever being judged.
    @Test(arguments: ["kind: absence, metric: m, window: 1h", "kind: threshold, metric: m, window: 1h, below: 1"])
    func aConnectionThatComesAndGoesIsNotBlindForEver(_ rule: String) async throws {
        let scene = try await Scene(Self.rule(rule))
        await scene.send("m", 1)
        for _ in 0..<29 {
            await scene.rounds(115)
            await scene.rounds(5, isHeard: false)
        }
        #expect(await scene.states() == [])
        for _ in 0..<10 {
            await scene.rounds(115)
            await scene.rounds(5, isHeard: false)
        }
        await scene.rounds(60)
        #expect(await scene.states() == ["R"])
        await scene.end()
    }

    /// Whether services answer is seen without nats-server, above all that it does not.
    @Test func whatItMeasuresItselfNeedsNoStream() async throws {
        let scene = try await Scene(Self.rule("kind: threshold, metric: service_up, function: max, window: 1m, below: 1"))
        await scene.rounds(70)
        await scene.send("service_up", 0)
        await scene.rounds(70, isHeard: false)
        await scene.send("service_up", 0)
        await scene.rounds(1, isHeard: false)
        #expect(await scene.states() == ["R"])
        await scene.end()
    }

    /// A server that hangs says nothing, and nobody notices at once.
    @Test func whatHangsIsNotHeard() async throws {
        let scene = try await Scene(Self.rule("kind: absence, metric: m, window: 5s"))
        await scene.send("m", 1)
        await scene.rounds(1)
        for _ in 0..<30 {
            scene.time.pass(.seconds(1))
            await scene.center.round()
        }
        #expect(await scene.states() == [])
        await scene.rounds(3)
        #expect(await scene.states() == [])
        await scene.rounds(3)
        #expect(await scene.states() == ["R"])
        await scene.end()
    }

    @Test func aGroupThatFallsSilentIsMissed() async throws {
        let scene = try await Scene(Self.rule("kind: absence, metric: m, window: 1m, by: [host], keep: 10m"))
        for second in 0..<100 {
            if second % 10 == 0 { await scene.send("m", 1, ["host": "a"]) }
            if second == 0 { await scene.send("m", 1, ["host": "b"]) }
            await scene.rounds(1)
        }
        #expect(await scene.center.statuses([.firing]).map { $0.alert.labels["host"] } == ["b"])
        // It is forgotten at last.
        for _ in 0..<30 {
            await scene.send("m", 1, ["host": "a"])
            await scene.rounds(1, every: .seconds(50))
        }
        #expect(await scene.states() == [])
        await scene.end()
    }

    @Test func aChangeIsMeasuredByTheWindowBefore() async throws {
        let scene = try await Scene(Self.rule("kind: change, metric: m, function: sum, window: 1m, above: 50"))
        for second in 0..<180 {
            await scene.send("m", second < 120 ? 1 : 2)
            await scene.rounds(1)
            if second == 118 { #expect(await scene.states() == []) }
        }
        #expect(await scene.states() == ["R"])
        let value = try #require(await scene.center.statuses([.firing]).first?.alert.value)
        // Twice as much; of the newest slot there is only a part yet.
        #expect((80...100).contains(value))
        await scene.end()
    }

    @Test func aFallIsAChangeAndARuleHasLabels() async throws {
        let scene = try await Scene(
            Self.rule("kind: change, metric: m, function: sum, window: 1m, below: -50, labels: {team: video, severity: info}"))
        for second in 0..<200 {
            await scene.send("m", second < 120 ? 4 : 1)
            await scene.rounds(1)
            if second == 119 { #expect(await scene.states() == []) }
        }
        let alert = try #require(await scene.center.statuses([.firing]).first?.alert)
        #expect((-80...(-50)).contains(try #require(alert.value)))
        #expect(alert.labels["team"] == "video" && alert.severity == "info" && alert.labels["alertname"] == "R")
        await scene.end()
    }

    @Test func aRatioNeedsEnoughOfAll() async throws {
        let scene = try await Scene(
            Self.rule("kind: ratio, errors: {metric: failed}, all: {metric: jobs}, minimum: 10, window: 5m, above: 0.2"))
        for _ in 0..<9 { await scene.send("jobs", 1) }
        for _ in 0..<5 { await scene.send("failed", 1) }
        await scene.rounds(1)
        #expect(await scene.states() == [])
        await scene.send("jobs", 1)
        await scene.rounds(1)
        #expect(await scene.states() == ["R"])
        for _ in 0..<30 { await scene.send("jobs", 1) }
        await scene.rounds(310)
        #expect(await scene.states() == [])
        await scene.end()
    }

    @Test func costsAreDollars() async throws {
        let scene = try await Scene(Self.rule("kind: cost, window: 24h, above: 50, by: [owner]"))
        await scene.send("cost_dollars", 49)
        await scene.rounds(1)
        #expect(await scene.states() == [])
        await scene.send("cost_dollars", 2)
        await scene.rounds(1)
        #expect(await scene.states() == ["R"])
        await scene.end()
    }

    @Test func nothingFiresOrEndsBecauseSomebodySetsTheClock() async throws {
        let scene = try await Scene(
            ruleFile(
                """
                  - {name: High, kind: threshold, metric: m, window: 1m, above: 5}
                  - {name: Gone, kind: absence, metric: m, window: 1m}
                  - {name: Low, kind: threshold, metric: m, window: 1m, below: 1}
                """))
        for second in 0..<200 {
            if second == 70 { scene.time.jump(.hours(1)) }
            if second == 130 { scene.time.jump(.hours(-5)) }
            await scene.send("m", 1)
            await scene.rounds(1)
            if second > 10 { #expect(await scene.states() == ["High"], "second \(second)") }
        }
        #expect(try await scene.deliveries.count == 1)
        await scene.end()
    }
}
