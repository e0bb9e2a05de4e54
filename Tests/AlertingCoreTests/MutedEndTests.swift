import AlertingCore
import Primitives
import Testing

/// The ends of alerts that are kept quiet: nobody is told while it lasts, and afterwards whoever knows of the beginning.
struct MutedEndTests {
    private static let rules = "  - {name: High, kind: threshold, metric: m, window: 1m, above: 5, by: [host]}"
    private static let route = "{receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 10s"

    private func silence(_ matcher: String, _ scene: Scene, for span: Duration) async throws {
        let now = scene.time.wall
        _ = try await scene.center.add(
            Silence(
                matchers: [LabelMatcher(matcher)], starts: now, ends: now.advanced(by: span), createdBy: "ann", comment: "",
                now: now), replacing: nil)
    }

    /// Who was told of what: `ops firing a`.
    private func told(_ scene: Scene) async throws -> [String] {
        try await scene.deliveries.map { delivery in
            let hosts = delivery.notification.items.map { $0.labels["host"] ?? "" }.sorted().joined(separator: "+")
            return "\(delivery.receiver) \(delivery.notification.state.rawValue) \(hosts)"
        }
    }

    /// Also by the next process, and by whom it was escalated to.
    @Test func theEndDuringASilenceIsToldAfterIt() async throws {
        let text = ruleFile(Self.rules, route: Self.route + ", escalate: [{after: 20s, receiver: boss}]}")
        var scene = try await Scene(text)
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(30)
        let beginning = ["ops firing a", "boss firing a"]
        #expect(try await told(scene) == beginning)
        try await silence("host=a", scene, for: .minutes(5))
        await scene.rounds(120)
        #expect(await scene.states([.resolved]) == ["High"])
        #expect(try await told(scene) == beginning)
        try await scene.restart(text)
        await scene.rounds(120)
        #expect(try await told(scene) == beginning)
        await scene.rounds(80)
        #expect(try await told(scene).sorted() == (beginning + ["ops resolved a", "boss resolved a"]).sorted())
        // It is said when it was over, not when that could be told.
        let end = try #require(try await scene.deliveries.last)
        let ended = try #require(end.notification.items.first?.ended)
        #expect(end.notification.time.duration(since: ended) > .minutes(3))
        await scene.rounds(60)
        #expect(try await told(scene).count == 4)
        await scene.end()
    }

    /// However alerts are grouped and sent meanwhile: where the routes change under a process, and while none is there; before the
    /// end, and after it.
    @Test(arguments: [
        "{receiver: ops, group_by: [host], group_wait: 0s, group_interval: 10s}",
        "{receiver: boss, group_wait: 0s, routes: [{matchers: ['host=z'], receiver: boss}, {matchers: ['host=a'], receiver: ops}]}",
    ]) func theEndIsToldByOtherRoutes(_ other: String) async throws {
        let (before, after) = (ruleFile(Self.rules, route: Self.route + "}"), ruleFile(Self.rules, route: other))
        for (isDown, hasEnded) in [(false, false), (true, false), (false, true), (true, true)] {
            var scene = try await Scene(before)
            await scene.send("m", 9, ["host": "a"])
            await scene.rounds(1)
            try await silence("host=a", scene, for: .minutes(5))
            await scene.rounds(hasEnded ? 120 : 0)
            #expect(await scene.states([.resolved]) == (hasEnded ? ["High"] : []))
            if isDown {
                try await scene.restart(after)
            } else {
                await scene.center.replace(try AlertFile(Bytes(after.utf8)))
            }
            await scene.rounds(120)
            #expect(await scene.states([.resolved]) == ["High"])
            #expect(try await told(scene) == ["ops firing a"])
            await scene.rounds(600)
            #expect(try await told(scene) == ["ops firing a", "ops resolved a"])
            // What was known under the earlier routes is known no more: there is no second end.
            await scene.center.replace(try AlertFile(Bytes(before.utf8)))
            await scene.rounds(60)
            #expect(try await told(scene) == ["ops firing a", "ops resolved a"])
            await scene.end()
        }
    }

    /// Routes that lead elsewhere for a while, whether it ends meanwhile or not, and whether a process does.
    @Test(arguments: [false, true], [false, true]) func aReceiverIsNotForgottenWhileRoutesLeadElsewhere(
        _ hasEnded: Bool, _ isDown: Bool
    ) async throws {
        let own = ruleFile(Self.rules, route: Self.route + "}")
        let other = ruleFile(Self.rules, route: "{receiver: boss, group_wait: 0s, group_interval: 10s}")
        var scene = try await Scene(own)
        func read(_ text: String) async throws {
            if isDown { try await scene.restart(text) } else { await scene.center.replace(try AlertFile(Bytes(text.utf8))) }
        }
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(1)
        try await read(other)
        await scene.rounds(hasEnded ? 120 : 5)
        var messages = ["ops firing a", "boss firing a"] + (hasEnded ? ["boss resolved a"] : [])
        #expect(try await told(scene) == messages)
        try await read(own)
        if !hasEnded {
            await scene.rounds(20)
            #expect(try await told(scene) == messages)
        }
        await scene.rounds(120)
        messages.append("ops resolved a")
        #expect(try await told(scene) == messages)
        // A day later nothing of it is kept, and it is told as anything new.
        await scene.rounds(30, every: .hours(1))
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(1)
        #expect(try await told(scene) == messages + ["ops firing a"])
        await scene.end()
    }

    /// Two routes that change places have the same names for other alerts.
    @Test func routesThatChangePlacesKeepEachEnd() async throws {
        func file(_ hosts: [String]) -> String {
            let routes = hosts.map { "{matchers: ['host=\($0)'], receiver: ops}" }.joined(separator: ", ")
            return ruleFile(
                Self.rules,
                route: "{receiver: boss, group_by: [alertname], group_wait: 0s, group_interval: 10s, routes: [\(routes)]}")
        }
        let scene = try await Scene(file(["a", "b"]))
        for host in ["a", "b"] { await scene.send("m", 9, ["host": host]) }
        await scene.rounds(1)
        #expect(try await told(scene).sorted() == ["ops firing a", "ops firing b"])
        await scene.center.replace(try AlertFile(Bytes(file(["b", "a"]).utf8)))
        await scene.rounds(20)
        #expect(try await told(scene).count == 2)
        await scene.rounds(100)
        #expect(try await told(scene).sorted() == ["ops firing a", "ops firing b", "ops resolved a", "ops resolved b"])
        await scene.end()
    }

    @Test func whatBeganAndEndedInASilenceIsToldToNobody() async throws {
        let scene = try await Scene(ruleFile(Self.rules, route: Self.route + "}"))
        try await silence("host=a", scene, for: .minutes(3))
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(90)
        #expect(await scene.states([.resolved]) == ["High"])
        await scene.rounds(150)
        #expect(try await told(scene).isEmpty)
        await scene.end()
    }

    /// What others of the group do meanwhile is told, and makes nobody forget the one that is kept quiet.
    @Test func othersOfTheGroupAreToldMeanwhile() async throws {
        let scene = try await Scene(ruleFile(Self.rules, route: Self.route + "}"))
        for host in ["a", "b"] { await scene.send("m", 9, ["host": host]) }
        await scene.rounds(1)
        try await silence("host=a", scene, for: .minutes(3))
        await scene.rounds(90)
        #expect(try await told(scene) == ["ops firing a+b", "ops resolved b"])
        await scene.rounds(120)
        #expect(try await told(scene) == ["ops firing a+b", "ops resolved b", "ops resolved a"])
        await scene.end()
    }

    /// What ends and fires again while it is silenced has never ended for whoever was told of it.
    @Test func whatFiresAgainInASilenceGoesOn() async throws {
        let scene = try await Scene(ruleFile(Self.rules, route: Self.route + "}"))
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(1)
        try await silence("host=a", scene, for: .seconds(100))
        await scene.rounds(70)
        #expect(await scene.states([.resolved]) == ["High"])
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(50)
        #expect(await scene.states() == ["High"])
        #expect(try await told(scene) == ["ops firing a"])
        await scene.rounds(40)
        #expect(try await told(scene) == ["ops firing a", "ops resolved a"])
        await scene.end()
    }

    /// However long it takes: what was told to have begun is told to have ended.
    @Test func aSilenceOfDaysLosesNoEnd() async throws {
        let scene = try await Scene(ruleFile(Self.rules, route: Self.route + "}"))
        await scene.send("m", 9, ["host": "a"])
        await scene.rounds(1)
        try await silence("host=a", scene, for: .hours(72))
        await scene.rounds(71, every: .hours(1))
        #expect(try await told(scene) == ["ops firing a"])
        await scene.rounds(3, every: .hours(1))
        #expect(try await told(scene) == ["ops firing a", "ops resolved a"])
        // Then it is forgotten as others are.
        await scene.rounds(30, every: .hours(1))
        #expect(await scene.states([.resolved]).isEmpty)
        await scene.end()
    }

    @Test func anInhibitedEndIsToldWhenTheWorseIsOver() async throws {
        let scene = try await Scene(
            ruleFile(
                Self.rules, route: "{receiver: ops, group_by: [severity], group_wait: 0s, group_interval: 10s}",
                more: "inhibit: [{source: ['severity=critical'], target: ['severity=warning'], equal: [zone]}]"))
        let low: LabelSet = ["alertname": "Low", "severity": "warning", "zone": "z", "host": "low"]
        let worse: LabelSet = ["alertname": "Worse", "severity": "critical", "zone": "z", "host": "worse"]
        let later = scene.time.wall.advanced(by: .hours(1))
        try await scene.post(low, ends: later)
        await scene.rounds(1)
        try await scene.post(worse, ends: later)
        await scene.rounds(1)
        #expect(try await told(scene) == ["ops firing low", "ops firing worse"])
        try await scene.post(low, ends: Timestamp(milliseconds: 1))
        await scene.rounds(60)
        #expect(try await told(scene).count == 2)
        try await scene.post(worse, ends: Timestamp(milliseconds: 1))
        await scene.rounds(30)
        #expect(try await told(scene).sorted().suffix(2) == ["ops resolved low", "ops resolved worse"])
        #expect(try await told(scene).count == 4)
        await scene.end()
    }
}
