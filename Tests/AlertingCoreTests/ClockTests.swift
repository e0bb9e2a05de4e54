import AlertingCore
import Persistence
import Primitives
import TestSupport
import Testing

/// Clocks that are wrong at first, and are set right.
struct ClockTests {
    private static let rules = ruleFile(
        """
          - {name: High, kind: threshold, metric: m, window: 1m, above: 5}
          - {name: Held, kind: threshold, metric: m, window: 5m, above: 5, for: 20s}
          - {name: Gone, kind: absence, metric: n, window: 1m}
        """)

    /// A machine begins a day ahead; then its clock is set, and the process begins anew before it could notice.
    @Test func whatIsAheadCountsAsNow() async throws {
        var scene = try await Scene(Self.rules)
        scene.time.jump(.hours(24))
        try await scene.restart(Self.rules)
        _ = try await scene.center.set(Heartbeat(name: "nightly", period: 60, grace: 30, severity: "critical"))
        for _ in 0..<5 {
            await scene.send("m", 2)
            await scene.send("n", 1)
            await scene.rounds(1)
        }
        #expect(await scene.states() == ["High"])
        #expect(await scene.states([.pending]) == ["Held"])
        await scene.center.save(force: true)
        scene.time.jump(.hours(-24))
        try await scene.restart(Self.rules)
        await scene.rounds(5)
        #expect(await scene.states() == ["High"])
        await scene.rounds(18)
        #expect(Set(await scene.states()) == ["High", "Held"])
        await scene.rounds(45)
        #expect(Set(await scene.states()) == ["Held", "Gone"])
        await scene.rounds(60)
        #expect(Set(await scene.states()) == ["Held", "Gone", "HeartbeatMissed"])
        await scene.rounds(180)
        #expect(Set(await scene.states()) == ["Gone", "HeartbeatMissed"])
        let now = scene.time.wall
        for status in await scene.center.statuses([.firing]) { #expect(status.alert.started <= now) }
        await scene.end()
    }

    /// A clock is set while the process runs; what was written before is right for the next process all the same.
    @Test(arguments: [-24, 24] as [Int64]) func aClockThatIsSetIsNoticed(_ hours: Int64) async throws {
        let rules = ruleFile(
            """
              - {name: High, kind: threshold, metric: m, window: 5m, above: 5}
              - {name: Gone, kind: absence, metric: n, window: 2m}
            """)
        var scene = try await Scene(rules)
        _ = try await scene.center.set(Heartbeat(name: "nightly", period: 60, grace: 60, severity: "critical"))
        for _ in 0..<13 {
            await scene.send("n", 1)
            _ = try await scene.center.beat("nightly")
            await scene.rounds(10)
        }
        await scene.send("m", 9)
        await scene.rounds(1)
        await scene.center.save(force: true)
        scene.time.jump(.hours(hours))
        await scene.rounds(5)
        try await scene.restart(rules)
        await scene.rounds(30)
        #expect(await scene.states() == ["High"])
        await scene.rounds(280)
        #expect(Set(await scene.states()) == ["Gone", "HeartbeatMissed"])
        #expect(try await scene.deliveries.filter { $0.notification.state == .firing }.count == 3)
        await scene.end()
    }

    @Test(arguments: [-24, 24] as [Int64]) func onlyTimeThatPassesLeadsFurther(_ hours: Int64) async throws {
        let text = ruleFile(
            "  - {name: High, kind: threshold, metric: m, window: 1h, above: 5}",
            route: "{receiver: ops, group_wait: 0s, escalate: [{after: 5m, receiver: boss}]}")
        var scene = try await Scene(text)
        await scene.send("m", 9)
        await scene.rounds(1)
        scene.time.jump(.hours(hours))
        await scene.rounds(3)
        #expect(try await scene.deliveries.map(\.receiver) == ["ops"])
        try await scene.restart(text)
        await scene.rounds(100)
        #expect(try await scene.deliveries.map(\.receiver) == ["ops"])
        await scene.rounds(200)
        #expect(try await scene.deliveries.map(\.receiver) == ["ops", "boss"])
        await scene.end()
    }

    @Test func aReportOfTheFutureIsForgotten() async throws {
        let text = """
            version: 1
            smtp: {host: mail.example.org, from: studio@example.org}
            receivers: [{name: ops, email: [{to: [ann@example.org]}]}]
            route: {receiver: ops}
            reports: [{name: daily, every: day, receiver: ops}]
            """
        var scene = try await Scene(text)
        scene.time.jump(.hours(240))
        try await scene.restart(text)
        await scene.rounds(1)
        scene.time.jump(.hours(-240))
        try await scene.restart(text)
        await scene.rounds(1)
        #expect(try await scene.deliveries.isEmpty)
        await scene.rounds(1, every: .hours(24))
        let deliveries = try await scene.deliveries
        #expect(deliveries.map(\.notification.kind) == [.report])
        // Of the day before, whenever it is sent.
        #expect(deliveries.first?.notification.from?.iso8601 == "2026-11-20T00:00:00.000Z")
        #expect(deliveries.first?.notification.until?.iso8601 == "2026-11-21T00:00:00.000Z")
        await scene.end()
    }

    @Test func aWaitUntilTomorrowIsNone() async throws {
        let slack = try SlackServer.start()
        let road = try await Road(alertFile("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook])
        slack.script(.status(429, retryAfter: 3000))
        _ = try await road.center.test("ops")
        try await eventually("it waits") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.attempts == 1
        }
        // The clock was a day ahead then.
        try await road.database.write { connection in
            try connection.execute("UPDATE delivery SET next = next + 86400000")
            try connection.execute("UPDATE hold SET until = until + 86400000")
        }
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        await road.end()
        await slack.stop()
    }
}
