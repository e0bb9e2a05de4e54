import AlertingCore
import Primitives
import Testing

/// What a page asks for that shows a few of many alerts.
struct UnhandledTests {
    /// Of many alerts a few can be asked for: the worst of those that nobody cares for yet, and how many there are.
    @Test func theWorstThatNobodyCaresForStandFirst() async throws {
        let scene = try await Scene(
            ruleFile(
                """
                  - {name: Late, kind: threshold, metric: m, window: 1h, above: 5, by: [host], severity: info}
                  - {name: High, kind: threshold, metric: m, window: 1h, above: 20, by: [host], severity: warning}
                  - {name: Worse, kind: threshold, metric: m, window: 1h, above: 50, by: [host], severity: critical}
                  - {name: Soon, kind: threshold, metric: m, window: 1h, above: 50, for: 1h, by: [host], severity: critical}
                """, more: "inhibit: [{source: ['alertname=Worse'], target: ['alertname=Late'], equal: [host]}]"))
        for (host, value) in [("a", 9.0), ("b", 99), ("c", 99), ("d", 30)] { await scene.send("m", value, ["host": host]) }
        await scene.rounds(2)
        func asked(
            _ isUnhandled: Bool, _ limit: Int
        ) async -> (names: [String], total: Int, counts: [AlertStatus.Standing: Int]) {
            let found = await scene.center.worst([.firing, .pending], isUnhandled: isUnhandled, limit: limit)
            return (found.alerts.map { $0.alert.name + "-" + ($0.alert.labels["host"] ?? "") }, found.total, found.counts)
        }
        var found = await asked(false, 100)
        #expect(found.total == 11 && found.names.count == 11)
        #expect(
            found.names.prefix(2).sorted() == ["Worse-b", "Worse-c"] && found.names.suffix(2).sorted() == ["Soon-b", "Soon-c"])
        // Neither those about to fire nor those that others make needless.
        found = await asked(true, 2)
        #expect(found.total == 7 && found.names.sorted() == ["Worse-b", "Worse-c"])
        let seen = try #require(await scene.center.statuses([.firing]).first { $0.alert.name == "Worse" })
        _ = try await scene.center.acknowledge(seen.alert.fingerprint, by: "ann", principal: annsKey, note: nil)
        let now = scene.time.wall
        _ = try await scene.center.add(
            Silence(
                matchers: [LabelMatcher("host=d")], starts: now, ends: now.advanced(by: .seconds(60)), createdBy: "ann",
                comment: "known", now: now), replacing: nil)
        found = await asked(true, 1)
        #expect(found.total == 4 && found.names.first?.hasPrefix("Worse") == true)
        // What is seen to stands after what is not, however bad it is; all are counted, also those that are not shown.
        #expect(found.counts == [.firing: 4, .acknowledged: 1, .silenced: 2, .inhibited: 2, .pending: 2])
        found = await asked(false, 100)
        #expect(found.total == 11 && found.names.prefix(4).contains { $0.hasPrefix("Late-a") } && found.counts[.firing] == 4)
        #expect(found.names.dropFirst(4).prefix(5).contains { $0.hasPrefix("Worse") })
        #expect(found.names.suffix(2).sorted() == ["Soon-b", "Soon-c"])
        await scene.end()
    }
}
