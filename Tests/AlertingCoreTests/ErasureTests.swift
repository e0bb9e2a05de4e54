import AlertingCore
import AnalyticsAPI
import Contracts
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

/// Whoever leaves the analytics leaves the alerting too, at once and whatever comes in between.
struct ErasureTests {
    private static let rules = """
          - {name: Slow, kind: threshold, metric: m, window: 1h, above: 5, by: [owner, script],
             annotations: {summary: "{{ $labels.owner }} is slow"}}
          - {name: Dear, kind: threshold, metric: m, window: 1h, above: 5, by: [user]}
        """
    private static let route = """
        {receiver: ops, group_by: [alertname, owner], group_wait: 0s, routes: [
          {matchers: ['alertname="Dear"'], receiver: boss, group_by: [alertname], group_wait: 0s}]}
        """
    private static let text = ruleFile(rules, route: route)
    private static let place = AnalyticsAPI.Delivery.Place(stream: "e", sequence: 1)

    /// All that stands in the store.
    private func texts(_ scene: Scene) async throws -> String {
        try await scene.database.read { connection in
            try connection.query(
                """
                SELECT groups || rule AS t FROM window UNION ALL SELECT document FROM alert UNION ALL SELECT document FROM silence
                UNION ALL SELECT id || document FROM notified UNION ALL SELECT thread || notification FROM delivery
                UNION ALL SELECT id || reference FROM thread UNION ALL SELECT CAST(payload AS TEXT) FROM outbox
                UNION ALL SELECT CAST(payload AS TEXT) FROM outbox_refused
                """
            ) { try $0.text("t") }.joined(separator: "\n")
        }
    }

    /// Two people's alerts, which were told, acknowledged and silenced by one of them.
    private func scene() async throws -> Scene {
        let scene = try await Scene(Self.text)
        for owner in ["usr_ann", "usr_bob"] { await scene.send("m", 9, ["user": owner], owner: owner) }
        await scene.rounds(2)
        let now = scene.time.wall
        for (matcher, name) in [
            ("owner=usr_ann", "usr_bob"), ("user=~usr_ann|usr_cid", "b"), ("script=x", "usr_ann"), ("script=y", "A"),
        ] {
            _ = try await scene.center.add(
                Silence(
                    matchers: [LabelMatcher(matcher)], starts: now, ends: now.advanced(by: .minutes(5)), createdBy: name,
                    by: name == "A" ? annsKey : nil, comment: "", now: now), replacing: nil)
        }
        for status in await scene.center.statuses([.firing]) where status.alert.labels["owner"] == "usr_bob" {
            _ = try await scene.center.acknowledge(status.alert.fingerprint, by: "Ann", principal: annsKey, note: nil)
        }
        try await scene.database.write { connection in
            try connection.execute("INSERT INTO thread SELECT DISTINCT thread, 'r', 0 FROM delivery")
            try connection.execute("INSERT INTO outbox_refused SELECT id, subject, payload, headers, 'r' FROM outbox")
        }
        return scene
    }

    @Test func nothingNamesThemAnyMore() async throws {
        var scene = try await scene()
        #expect(await scene.center.statuses([.firing]).count == 4)
        #expect(try await texts(scene).contains("usr_ann"))
        let done = Box()
        await scene.center.erase("usr_ann", place: Self.place) { done.add() }
        // It comes again before it is done.
        await scene.center.erase("usr_ann", place: Self.place) { done.add() }
        await scene.rounds(3)
        #expect(done.count == 1)
        for _ in 0..<2 {
            #expect(try await !texts(scene).contains("usr_ann"))
            let left = await scene.center.statuses([.firing])
            #expect(left.map { $0.alert.labels["owner"] ?? $0.alert.labels["user"] } == ["usr_bob", "usr_bob"])
            // Whatever name they are shown by.
            #expect(left.compactMap(\.alert.acknowledgement?.owner) == ["(erased)"])
            #expect(left.compactMap(\.alert.acknowledgement?.by) == ["(erased)"])
            #expect(await scene.center.allSilences.map(\.createdBy) == ["(erased)", "(erased)"])
            // A message about both says of them that there was somebody.
            let dear = try await scene.deliveries.filter { $0.notification.groupLabels["alertname"] == "Dear" }
            #expect(dear.map(\.notification.items.count) == [2])
            #expect(Set(dear[0].notification.items.map { $0.labels["user"] }) == ["usr_bob", "(erased)"])
            #expect(try await scene.deliveries.count == 2)
            try await scene.restart(Self.text)
            await scene.rounds(2)
        }
        // Known by its place, it erases nothing that came later.
        await scene.send("m", 9, ["user": "usr_ann"], owner: "usr_ann")
        await scene.center.hears("e", true)
        await scene.center.erase("usr_ann", place: Self.place) { done.add() }
        await scene.rounds(3)
        await scene.rounds(3)
        #expect(await scene.center.statuses([.firing]).count == 4)
        await scene.end()
    }

    /// What was measured before it but is taken after it is forgotten too.
    @Test func itWaitsForWhatWasBefore() async throws {
        let scene = try await scene()
        let done = Box()
        await scene.center.erase("usr_ann", place: Self.place) { done.add() }
        await scene.rounds(3, isHeard: false)
        #expect(done.count == 0)
        await scene.send("m", 9, ["user": "usr_ann", "host": "late"], owner: "usr_ann")
        await scene.rounds(3)
        #expect(done.count == 1)
        #expect(try await !texts(scene).contains("usr_ann"))
        await scene.end()
    }

    /// A message that is on its way while it is erased does not come back.
    @Test func whatIsBeingSentDoesNotComeBack() async throws {
        let scene = try await scene()
        let queue = DeliveryQueue(scene.database)
        let (started, mayEnd) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))
        let deliverer = Deliverer(scene.center, queue) { order in
            if order.delivery.notification.groupLabels["owner"] == "usr_ann" {
                _ = started.trySend(())
                _ = try? await mayEnd.next()
            }
            return .delivered(reference: "r2")
        }
        let running = Task { try await deliverer.run() }
        _ = try await started.next()
        await scene.center.erase("usr_ann", place: Self.place) {}
        await scene.rounds(3)
        _ = mayEnd.trySend(())
        try await eventually("the others are told") { try await queue.counts() == ["delivered": 2] }
        running.cancel()
        _ = await running.result
        #expect(try await !texts(scene).contains("usr_ann"))
        await scene.end()
    }
}

private final class Box: Sendable {
    private let content = Mutex(0)
    var count: Int { content.withLock { $0 } }
    func add() { content.withLock { $0 += 1 } }
}
