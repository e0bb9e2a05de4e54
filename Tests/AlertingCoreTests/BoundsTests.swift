import AlertingCore
import AnalyticsAPI
import Primitives
import Testing

/// Names that somebody makes up without end.
struct BoundsTests {
    @Test func namesWithoutEndAreBounded() async throws {
        let clock = HandClock()
        var evaluator = Evaluator(
            limits: {
                var limits = Evaluator.Limits(); limits.series = 1000; limits.groups = 100; return limits
            }())
        let file = try AlertFile(
            Bytes(ruleFile("  - {name: R, kind: threshold, metric: m, window: 1m, above: 5, by: [host]}").utf8))
        let now = clock.wall.milliseconds
        evaluator.replace(file.rules, now: now)
        for number in 0..<5000 {
            let measurement = Measurement(
                time: clock.wall, owner: "ann", script: "s", type: "m", value: 9, labels: [Label("host", "\(number)")])
            evaluator.take(measurement, at: now, now: now)
        }
        #expect(evaluator.seriesCount == 1000)
        #expect(evaluator.groupCount == 100)
        #expect(evaluator.turnedAway == 4900)
        for value in [Double.nan, .infinity] {
            evaluator.take(Measurement(time: clock.wall, owner: "ann", script: "s", type: "m", value: value), at: now, now: now)
        }
        #expect(evaluator.round(now: now, hearing: Hearing()).count == 100)
    }

    /// However many names somebody makes up, rules that do not tell them apart count all of them.
    @Test func namesWithoutEndBlindNoRule() async throws {
        let now = HandClock.start.milliseconds
        var evaluator = Evaluator(
            limits: {
                var limits = Evaluator.Limits(); limits.series = 1000; limits.groups = 100; return limits
            }())
        let file = try AlertFile(
            Bytes(
                ruleFile(
                    """
                      - {name: All, kind: threshold, metric: m, window: 1m, at_least: 5000}
                      - {name: More, kind: threshold, metric: m, window: 1m, above: 5000}
                      - {name: New, kind: threshold, metric: other, window: 1m, above: 0, by: [host]}
                      - {name: Many, kind: threshold, metric: m, window: 1m, above: 5, by: [host]}
                    """
                ).utf8))
        evaluator.replace(file.rules, now: now)
        func send(_ type: String, _ host: Int) {
            let measurement = Measurement(
                time: HandClock.start, owner: "ann", script: "s", type: type, value: 1, labels: [Label("host", "\(host)")])
            evaluator.take(measurement, at: now, now: now)
        }
        for host in 0..<5000 { send("m", host) }
        send("other", 1)
        #expect(evaluator.round(now: now, hearing: Hearing()).count == 2)
        #expect(evaluator.seriesCount == 1000)
        #expect(evaluator.turnedAway == 4900)
    }
}
