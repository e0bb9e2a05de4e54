import AlertingCore
import Contracts
import Primitives
import Testing

/// How it stands with alerts that fire: nobody is told of some of them, and why not is known.
struct StandingTests {
    @Test func whatKeepsThemQuietIsTold() async throws {
        let scene = try await Scene(
            ruleFile(
                """
                  - {name: High, kind: threshold, metric: m, window: 1h, above: 5, by: [host]}
                  - {name: Worse, kind: threshold, metric: m, window: 1h, above: 50, by: [host], severity: critical}
                """, more: "inhibit: [{source: ['severity=critical'], target: ['severity=warning'], equal: [host]}]"))
        for (host, value) in [("a", 9.0), ("b", 99), ("c", 9), ("d", 9)] { await scene.send("m", value, ["host": host]) }
        await scene.rounds(2)
        let now = scene.time.wall
        let silence = try await scene.center.add(
            Silence(
                matchers: [LabelMatcher("host=a")], starts: now, ends: now.advanced(by: .seconds(60)), createdBy: "ann",
                comment: "moved", now: now), replacing: nil)
        for status in await scene.center.statuses([.firing]) where ["a", "c"].contains(status.alert.labels["host"]) {
            _ = try await scene.center.acknowledge(
                status.alert.fingerprint, by: annsKey.shownName, principal: annsKey, note: nil)
        }
        func standings() async -> [String: AlertStatus.Standing] {
            Dictionary(
                uniqueKeysWithValues: await scene.center.statuses([.firing]).map {
                    ($0.alert.name + "-" + ($0.alert.labels["host"] ?? ""), $0.standing)
                })
        }
        let quiet: [String: AlertStatus.Standing] = [
            "High-a": .silenced, "High-b": .inhibited, "Worse-b": .firing, "High-c": .acknowledged, "High-d": .firing,
        ]
        #expect(await standings() == quiet)
        let shown = try #require(await scene.center.statuses([.firing]).first { $0.standing == .silenced }).document
        #expect(shown["status"] == "silenced" && shown["state"] == "firing" && shown["silenced_by"] == [.string(silence.id)])
        let told: JSONValue = [
            "id": .string(silence.id), "endsAt": .string(silence.ends.iso8601), "createdBy": "ann", "comment": "moved",
        ]
        #expect(shown["silences"] == [told])
        // The silence ends, and what is acknowledged stays so.
        await scene.rounds(70)
        #expect(await standings()["High-a"] == .acknowledged)
        await scene.end()
    }
}
