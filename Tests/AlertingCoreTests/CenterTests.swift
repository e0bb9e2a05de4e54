import AlertingCore
import Dispatch
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

/// Who is told of what and when, also after the process was killed.
struct CenterTests {
    private static let rules = "  - {name: High, kind: threshold, metric: m, window: 1m, above: 5, by: [host]}"

    @Test func whatIsKnownOutlivesTheProcess() async throws {
        let text = ruleFile(Self.rules + "\n  - {name: Low, kind: threshold, metric: m, window: 1m, below: 4, by: [host]}")
        var scene = try await Scene(text)
        await scene.rounds(61)
        for number in 0..<6 { await scene.send("m", 1, ["host": "a"], sequence: UInt64(number + 1)) }
        await scene.rounds(1)
        #expect(await scene.states() == ["High"])
        // Messages that were not yet acknowledged come again, and others come for the first time.
        try await scene.restart(text, after: .seconds(5))
        #expect(await scene.states() == ["High"])
        for number in [3, 6, 7] as [UInt64] { await scene.send("m", 1, ["host": "a"], sequence: number) }
        await scene.rounds(10)
        #expect(await scene.states() == ["High"])
        #expect(await scene.center.statuses([.firing]).first?.alert.value == 7)
        #expect(try await scene.deliveries.map(\.notification.state) == [.firing])
        // It ends when it ends, and that is told once.
        await scene.rounds(60)
        #expect(await scene.states().contains("High") == false)
        try await scene.restart(text)
        await scene.rounds(301)
        #expect(
            try await scene.deliveries.filter { $0.notification.groupLabels["alertname"] == "High" }.map(\.notification.state)
                == [.firing, .resolved])
        await scene.end()
    }

    @Test func aStormIsFewMessages() async throws {
        let scene = try await Scene(ruleFile(Self.rules))
        for number in 0..<10_000 { await scene.send("m", 9, ["host": "h\(number)"]) }
        await scene.rounds(1)
        #expect(await scene.center.statuses([.firing]).count == 10_000)
        let deliveries = try await scene.deliveries
        #expect(deliveries.count == 1)
        let notification = try #require(deliveries.first?.notification)
        #expect(notification.firing == 10_000)
        #expect(notification.items.count == 20)
        await scene.rounds(1)
        #expect(try await scene.deliveries.count == 1)
        await scene.end()
    }

    @Test func groupsWaitRepeatAndEnd() async throws {
        let route = "{receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 5m}"
        let scene = try await Scene(
            ruleFile("  - {name: High, kind: threshold, metric: m, window: 20m, above: 5, by: [host]}", route: route))
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(5)
        await scene.send("m", 9, ["host": "b"])
        await scene.rounds(4)
        #expect(try await scene.deliveries.isEmpty)
        await scene.rounds(3)
        #expect(try await scene.deliveries.map(\.notification.firing) == [2])
        await scene.send("m", 9, ["host": "c"])
        await scene.rounds(30)
        #expect(try await scene.deliveries.count == 1)
        await scene.rounds(40)
        #expect(try await scene.deliveries.map(\.notification.firing) == [2, 3])
        await scene.rounds(400)
        #expect(try await scene.deliveries.count == 3, "it is repeated")
        // Somebody cares: no more repetitions, but the end is told.
        for alert in await scene.center.statuses([.firing]) {
            _ = try await scene.center.acknowledge(alert.alert.fingerprint, by: "ann", principal: annsKey, note: nil)
        }
        await scene.rounds(70, every: .seconds(10))
        #expect(try await scene.deliveries.filter { $0.notification.state == .firing }.count == 3)
        await scene.rounds(20, every: .seconds(10))
        #expect(try await scene.deliveries.last?.notification.state == .resolved)
        await scene.end()
    }

    @Test func routesLeadAsAlertmanagersDo() throws {
        let file = try AlertFile(
            Bytes(
                ruleFile(
                    "  - {name: A, kind: absence, metric: m, window: 1m}",
                    route: """
                        {receiver: ops, routes: [
                          {matchers: ['severity="critical"'], receiver: boss, continue: true, group_by: [team]},
                          {matchers: ['team="video"'], receiver: ops, routes: [{matchers: ['host=~"gpu.*"'], receiver: boss}]},
                          {matchers: ['team=~".*"'], receiver: ops}]}
                        """
                ).utf8))
        func paths(_ labels: LabelSet) -> [String] { file.route.destinations(of: labels).map(\.path) }
        #expect(paths(["severity": "critical", "team": "video", "host": "gpu1"]) == ["0/0", "0/1/0"])
        #expect(paths(["team": "video"]) == ["0/1"])
        #expect(paths(["x": "y"]) == ["0/2"])
        let first = file.route.destinations(of: ["severity": "critical", "team": "a"])[0]
        #expect(first.groupLabels(of: ["severity": "critical", "team": "a"]) == ["team": "a"])
        #expect(first.receiver == "boss")
        #expect(first.groupWait == file.route.groupWait)
    }

    @Test func silencesAndInhibitionsKeepQuiet() async throws {
        let scene = try await Scene(
            ruleFile(
                """
                  - {name: High, kind: threshold, metric: m, window: 1h, above: 5, by: [host]}
                  - {name: Worse, kind: threshold, metric: m, window: 1h, above: 50, by: [host], severity: critical}
                """, route: "{receiver: ops, group_by: [alertname, host], group_wait: 0s, group_interval: 10s}",
                more: "inhibit: [{source: ['severity=critical'], target: ['severity=warning'], equal: [host]}]"))
        let now = scene.time.wall
        #expect(throws: SilenceError.self) {
            try Silence(matchers: [LabelMatcher("host=a")], starts: now, ends: nil, createdBy: "ann", comment: "", now: now)
        }
        let silence = try await scene.center.add(
            Silence(
                matchers: [LabelMatcher("host=a")], starts: now, ends: now.advanced(by: .seconds(60)), createdBy: "ann",
                comment: "maintenance", now: now), replacing: nil)
        for (host, value) in [("a", 9.0), ("b", 99), ("c", 9)] { await scene.send("m", value, ["host": host]) }
        await scene.rounds(30)
        func told() async throws -> [String] {
            try await scene.deliveries.map {
                ($0.notification.groupLabels["alertname"] ?? "") + "-" + ($0.notification.groupLabels["host"] ?? "")
            }.sorted()
        }
        #expect(try await told() == ["High-c", "Worse-b"])
        let muted = await scene.center.statuses([.firing]).filter(\.isMuted)
        #expect(Set(muted.map { $0.alert.labels["host"] }) == ["a", "b"])
        #expect(muted.first { !$0.silencedBy.isEmpty }?.silencedBy == [silence.id])
        // A silence ends; whoever still fires is told of.
        await scene.rounds(50)
        #expect(try await told() == ["High-a", "High-c", "Worse-b"])
        await scene.end()
    }

    @Test func whatNobodyCaresForGoesFurther() async throws {
        let scene = try await Scene(
            ruleFile(
                "  - {name: High, kind: threshold, metric: m, window: 1h, above: 5, by: [host]}",
                route: "{receiver: ops, group_by: [host], group_wait: 0s, escalate: [{after: 5m, receiver: boss}]}"))
        for host in ["a", "b"] { await scene.send("m", 9, ["host": host]) }
        await scene.rounds(1)
        let seen = try #require(await scene.center.statuses([.firing]).first { $0.alert.labels["host"] == "a" })
        _ = try await scene.center.acknowledge(seen.alert.fingerprint, by: "ann", principal: annsKey, note: "on it")
        let acknowledgement = try #require(await scene.center.status(seen.alert.fingerprint)).document["acknowledgement"]
        #expect(acknowledgement?["by"] == "ann" && acknowledgement?["subject"] == "key_1" && acknowledgement?["owner"] == "usr_ann")
        await scene.rounds(31, every: .seconds(10))
        let further = try await scene.deliveries.filter { $0.receiver == "boss" }
        #expect(further.map { $0.notification.groupLabels["host"] } == ["b"])
        await scene.end()
    }

    @Test func aBeatThatIsMissedFires() async throws {
        let text = ruleFile(Self.rules)
        var scene = try await Scene(text)
        _ = try await scene.center.set(Heartbeat(name: "nightly", period: 60, grace: 30, severity: "critical"))
        await scene.rounds(80)
        _ = try await scene.center.beat("nightly")
        await scene.rounds(80)
        #expect(await scene.states() == [])
        // While nobody was there to hear it, it may have beaten.
        try await scene.restart(text, after: .hours(1))
        await scene.rounds(80)
        #expect(await scene.states() == [])
        await scene.rounds(15)
        #expect(await scene.states() == ["HeartbeatMissed"])
        try await scene.restart(text, after: .hours(1))
        await scene.rounds(1)
        #expect(await scene.states() == ["HeartbeatMissed"])
        let beat = try await scene.center.beat("nightly")
        #expect(beat.count == 3)
        await scene.rounds(1)
        #expect(await scene.states() == [])
        await #expect(throws: AlertingError.heartbeatNotFound("other")) { try await scene.center.beat("other") }
        await scene.end()
    }

    @Test func otherRulesTakeTheirPlaceAtOnce() async throws {
        let scene = try await Scene(ruleFile(Self.rules))
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(1)
        #expect(await scene.states() == ["High"])
        // A rule more leaves alone what the others know.
        await scene.center.replace(
            try AlertFile(Bytes(ruleFile(Self.rules + "\n  - {name: New, kind: threshold, metric: n, window: 1m, above: 0}").utf8)))
        await scene.rounds(1)
        #expect(await scene.states() == ["High"])
        #expect(try await scene.deliveries.count == 1)
        await scene.center.replace(AlertFile())
        await scene.rounds(1)
        #expect(await scene.states() == [])
        await scene.end()
    }

    /// What a program tells of is its own: it neither ends what a rule has found nor keeps it from being found.
    @Test func aProgramEndsOnlyWhatItHasToldOf() async throws {
        let scene = try await Scene(ruleFile(Self.rules))
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(1)
        let labels = try #require(await scene.center.statuses([.firing]).first?.alert.labels)
        try await scene.post(labels, ends: Timestamp(milliseconds: 1))
        #expect(await scene.states() == ["High"])
        try await scene.post(labels, ends: scene.time.wall.advanced(by: .seconds(5)))
        await scene.rounds(10)
        #expect(await scene.states() == ["High"])
        #expect(try await scene.deliveries.count == 1)
        await scene.rounds(60)
        #expect(await scene.states() == [])
        // A program was there first: the rule's holds until the rule's ends.
        try await scene.post(labels, ends: scene.time.wall.advanced(by: .seconds(20)))
        await scene.rounds(10)
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(30)
        #expect(await scene.center.statuses([.firing]).map(\.alert.source) == [.rule])
        await scene.rounds(40)
        #expect(await scene.states() == [])
        // Its own ends as it says.
        try await scene.post(["alertname": "Own"], ends: scene.time.wall.advanced(by: .seconds(20)))
        #expect(await scene.states() == ["Own"])
        try await scene.post(["alertname": "Own"], ends: Timestamp(milliseconds: 1))
        #expect(await scene.states() == [])
        await scene.end()
    }

    @Test func whoWatchesTooSlowlyIsTold() async throws {
        let scene = try await Scene(ruleFile(Self.rules))
        let (isWatching, goesOn) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))
        let seen = Mutex(0)
        let isOver = Mutex(false)
        let watcher = Task { [center = scene.center] in
            try await center.watchers.follow {
                try await isWatching.send(())
            } _: { _ in
                seen.withLock { $0 += 1 }
                try await goesOn.send(())
            }
            isOver.withLock { $0 = true }
        }
        _ = try await isWatching.next()
        for number in 0..<2000 { await scene.send("m", 9, ["host": "h\(number)"]) }
        await scene.rounds(1)
        let reader = Task { while try await goesOn.next() != nil {} }
        // It does not go on as if nothing was missed.
        try await eventually("its stream ends") { isOver.withLock(\.self) }
        #expect((1..<2000).contains(seen.withLock(\.self)))
        watcher.cancel()
        reader.cancel()
        _ = await (watcher.result, reader.result)
        await scene.end()
    }

    /// A write that fails while a newer one is on its way does not bring back what is older.
    @Test func whatIsNewerStaysOnDisk() async throws {
        let scene = try await Scene(ruleFile(Self.rules))
        _ = try await scene.center.set(Heartbeat(name: "nightly", period: 60, grace: 30, severity: "critical"))
        try await scene.database.write { connection in
            try connection.execute(
                """
                CREATE TRIGGER refuse BEFORE INSERT ON heartbeat WHEN NEW.document LIKE '%"count":2%'
                BEGIN SELECT RAISE(ABORT, 'no'); END
                """)
        }
        let (isHeld, isFree) = (BoundedChannel<Void>(capacity: 1), DispatchSemaphore(value: 0))
        let holder = Task { [database = scene.database] in
            try await database.write { _ in
                _ = isHeld.trySend(())
                _ = isFree.wait(timeout: .now() + 30)
            }
        }
        _ = try await isHeld.next()
        let beats = [2, 3].map { _ in Task { [center = scene.center] in try await center.beat("nightly") } }
        try await eventually("both are on their way") { await scene.center.allHeartbeats.first?.count == 3 }
        isFree.signal()
        try await holder.value
        let results = [await beats[0].result, await beats[1].result]
        #expect(results.contains { (try? $0.get())?.count == 3 })
        try await scene.database.write { try $0.execute("DROP TRIGGER refuse") }
        await scene.center.save(force: true)
        let kept = try await scene.database.read { try $0.first("SELECT document FROM heartbeat") { try $0.text("document") } }
        #expect(try JSONValue(parsing: Bytes((kept ?? "").utf8))["count"] == 3)
        await scene.end()
    }
}
