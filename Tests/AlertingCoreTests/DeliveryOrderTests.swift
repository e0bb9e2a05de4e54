import AlertingCore
import Persistence
import Primitives
import TestSupport
import Testing

/// What may pass what on its way.
struct DeliveryOrderTests {
    @Test func theEndIsToldAfterTheBeginning() async throws {
        let slack = try SlackServer.start()
        // Its backoff is longer than the pause until the end is due.
        let road = try await Road(
            alertFile("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook],
            policy: RetryPolicy(maximumAttempts: .max, base: .minutes(50), cap: .minutes(50)))
        slack.script(.status(503))
        try await road.post(1)
        try await eventually("it was refused") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.attempts == 1
        }
        let later = Timestamp.now().advanced(by: .minutes(30))
        try await road.database.write { try $0.execute("UPDATE delivery SET next = ?", later) }
        try await road.post(1, ended: true)
        try await eventually("the end is ordered") {
            await road.center.round()
            return try await road.queue.counts() == ["waiting": 2]
        }
        // What is told of another group does not wait for it.
        try await road.post(1, name: "Other")
        try await eventually("the other is told") { slack.taken.count == 1 }
        #expect(slack.taken[0]["text"]?.stringValue?.contains("Other") == true)
        try await road.database.write { try $0.execute("UPDATE delivery SET next = 0 WHERE state = 'waiting'") }
        _ = try await road.ended(3)
        let told = slack.taken.compactMap { $0["text"]?.stringValue?.prefix(7) }
        #expect(told == ["[FIRING", "[FIRING", "[RESOLV"])
        await road.end()
        await slack.stop()
    }

    /// A receiver that asks to be left alone gets nothing, whatever else there is to say, also after a restart.
    @Test func aReceiverThatAsksForItIsLeftAlone() async throws {
        let slack = try SlackServer.start()
        let text = """
            version: 1
            receivers:
              - {name: ops, slack: [{url: "\(slack.hook)"}]}
              - {name: boss, slack: [{url: "\(slack.hook)"}]}
            route: {receiver: ops}
            """
        var road = try await Road(text)
        slack.script(.status(429, retryAfter: 3000))
        _ = try await road.center.test("ops")
        try await eventually("it is held") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.attempts == 1
        }
        _ = try await road.center.test("ops")
        _ = try await road.center.test("boss")
        try await eventually("another channel is not held") { slack.taken.count == 1 }
        #expect(slack.attempts == 2)
        try await road.restart(text)
        _ = try await road.center.test("boss")
        try await eventually("another channel is not held") { slack.taken.count == 2 }
        #expect(slack.attempts == 3)
        try await eventually("all else is told") {
            try await road.queue.counts() == ["waiting": 2, "delivered": 2]
        }
        try await road.database.write { connection in
            try connection.execute("UPDATE hold SET until = 0")
            try connection.execute("UPDATE delivery SET next = 0 WHERE state = 'waiting'")
        }
        _ = try await road.ended(4)
        #expect(slack.taken.count == 4)
        await road.end()
        await slack.stop()
    }

    @Test func oneThatHangsDoesNotHoldOthers() async throws {
        let slow = try SlackServer.start()
        let slack = try SlackServer.start()
        slow.script(.hang, .hang, .hang, .hang)
        let road = try await Road(
            """
            version: 1
            receivers:
              - {name: slow, slack: [{url: "\(slow.hook)"}]}
              - {name: ops, slack: [{url: "\(slack.hook)"}]}
            route: {receiver: slow}
            """, patience: .seconds(60))
        for _ in 0..<600 { _ = try await road.center.test("slow") }
        _ = try await road.center.test("ops")
        try await eventually("the other is told") { slack.taken.count == 1 }
        #expect(slow.taken.isEmpty)
        #expect(slow.attempts == 1)
        await road.end()
        await slow.stop()
        await slack.stop()
    }

    @Test func pagesLoseNothing() async throws {
        let scene = try await Scene(ruleFile("  - {name: R, kind: absence, metric: m, window: 1h}"))
        var made: [String] = []
        // All in the same moment.
        for _ in 0..<7 { made += try await scene.center.test("ops").map(\.id) }
        let queue = DeliveryQueue(scene.database)
        var (seen, last) = ([String](), String?.none)
        while let page = try await Optional(queue.page(nil, before: last, limit: 2)), !page.isEmpty {
            seen += page.map(\.id)
            last = page.last?.id
        }
        #expect(seen == made.reversed())
        await scene.end()
    }
}
