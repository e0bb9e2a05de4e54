import AlertingCore
import Foundation
import HTTP
import HTTPClient
import Persistence
import Primitives
import TestSupport
import Testing

/// Messages on their way to Slack and webhooks that refuse, hang and come back.
struct DeliveryTests {
    @Test func slackGetsWhatItCanShow() async throws {
        let slack = try SlackServer.start()
        let road = try await Road(alertFile("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook])
        try await road.post(3000)
        let first = try await road.ended(1)
        #expect(first.map(\.state) == [.delivered])
        #expect(slack.problems == [])
        let blocks = try #require(slack.taken.first?["blocks"]?.arrayValue)
        #expect(blocks.count == 24)
        let text = String(decoding: JSONValue.array(blocks).serialized(), as: UTF8.self)
        #expect(text.contains("and 2980 more"))
        #expect(text.contains("Full &amp; &lt;broken&gt;"))
        await road.end()
        await slack.stop()
    }

    /// However long a text of signs is, none that is escaped is cut apart, and what is bold ends.
    @Test(arguments: 0..<5) func slacksSignsAreNotCutApart(_ shift: Int) async throws {
        let slack = try SlackServer.start()
        let road = try await Road(alertFile("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook])
        let signs = String(repeating: "x", count: shift) + String(repeating: "&", count: 2000)
        for (name, annotations) in [("Long", ["summary": signs]), ("Longer", ["summary": "short", "description": signs])] {
            try await road.center.post([
                PostedAlert(
                    labels: ["alertname": name, "signs": signs], annotations: annotations, starts: nil,
                    ends: .now().advanced(by: .hours(1)), generatorURL: nil)
            ])
        }
        await road.center.round()
        _ = try await road.ended(2)
        #expect(slack.problems == [])
        let shown = slack.taken.flatMap { message in
            [message["text"]?.stringValue]
                + (message["blocks"]?.arrayValue ?? []).dropFirst().map { $0["text"]?["text"]?.stringValue }
        }.compactMap(\.self)
        #expect(shown.count >= 3)
        for text in shown {
            #expect(text.contains("…") && text.utf16.count <= 3000)
            #expect(text.replacing("&amp;", with: "").contains("&") == false)
        }
        #expect(shown.filter { $0.firstMatch(of: #/^\*[^*]+\*\n/#) != nil }.count >= 2)
        await road.end()
        await slack.stop()
    }

    @Test func slacksThreadHoldsTheEnd() async throws {
        let slack = try SlackServer.start()
        let road = try await Road(
            alertFile("slack: [{token: xoxb-1, channel: \"#ops\", api_url: \"\(slack.api)\"}]"))
        try await road.post(2)
        _ = try await road.ended(1)
        try await road.post(2, ended: true)
        try await eventually("the end is told") {
            await road.center.round()
            return slack.taken.count == 2
        }
        let messages = slack.taken
        #expect(messages[0]["thread_ts"] == nil)
        #expect(messages[1]["thread_ts"] == "1795237200.000001")
        #expect(messages[1]["reply_broadcast"] == true)
        // It says that it is over, and from when to when it was so, with the zone.
        let (begun, over) = (messages[0]["blocks"]?[1]?["text"]?["text"], messages[1]["blocks"]?[1]?["text"]?["text"])
        let time = #/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/#
        #expect(begun?.stringValue?.hasPrefix("*Full &amp; &lt;broken&gt;*\n") == true)
        #expect(begun?.stringValue?.firstMatch(of: #/\nsince /#) != nil && begun?.stringValue?.firstMatch(of: time) != nil)
        let words = try #require(over?.stringValue)
        #expect(words.firstMatch(of: #/^\*Over after \d+s\. It was: Full &amp; &lt;broken&gt;\*\n/#) != nil, "\(words)")
        #expect(words.firstMatch(of: #/\nfrom /#) != nil && words.matches(of: time).count == 2, "\(words)")
        #expect(messages[1]["text"]?.stringValue?.contains("\n• Over after ") == true)
        #expect(messages[0]["metadata"]?["event_payload"]?["delivery"] != messages[1]["metadata"]?["event_payload"]?["delivery"])
        #expect(slack.problems == [])
        await road.end()
        await slack.stop()
    }

    /// However alerts are grouped when it is over, and also while the first message is on its way.
    @Test(arguments: [false, true]) func slacksThreadGoesOnUnderOtherRoutes(_ isOnItsWay: Bool) async throws {
        let slack = try SlackServer.start()
        let text = alertFile("slack: [{token: xoxb-1, channel: \"#ops\", api_url: \"\(slack.api)\"}]")
        let road = try await Road(text)
        if isOnItsWay { slack.script(.late(.seconds(2))) }
        try await road.post(2)
        if isOnItsWay { try await eventually("it is on its way") { slack.attempts == 1 } } else { _ = try await road.ended(1) }
        await road.center.replace(try AlertFile(Bytes(text.replacing("[alertname]", with: "[severity]").utf8)))
        _ = try await road.ended(1)
        try await road.post(2, ended: true)
        try await eventually("the end is told") {
            await road.center.round()
            return slack.taken.count == 2
        }
        _ = try await road.ended(2)
        // What begins afterwards has a thread of its own.
        try await road.post(2)
        try await eventually("the next is told") {
            await road.center.round()
            return slack.taken.count == 3
        }
        #expect(slack.taken.map { $0["thread_ts"] } == [nil, "1795237200.000001", nil])
        await road.end()
        await slack.stop()
    }

    /// What waits is told in its order, under whichever names.
    @Test func whatWaitsKeepsItsOrderUnderOtherRoutes() async throws {
        let slack = try SlackServer.start()
        slack.script(.status(500, retryAfter: 2))
        let text = alertFile("slack: [{token: xoxb-1, channel: \"#ops\", api_url: \"\(slack.api)\"}]")
        let road = try await Road(text)
        try await road.post(1)
        try await eventually("it was refused") { slack.attempts == 1 }
        await road.center.replace(try AlertFile(Bytes(text.replacing("[alertname]", with: "[severity]").utf8)))
        try await road.post(1, ended: true)
        try await eventually("both are told") {
            await road.center.round()
            return slack.taken.count == 2
        }
        #expect(slack.taken.map { $0["text"]?.stringValue?.hasPrefix("[FIRING") } == [true, false])
        #expect(slack.taken.last?["thread_ts"] == "1795237200.000001")
        await road.end()
        await slack.stop()
    }

    @Test func slackThatRefusesGetsItOnceWhenItIsBack() async throws {
        let slack = try SlackServer.start()
        slack.script(.status(500), .status(429, retryAfter: 0), .error("internal_error"), .status(503))
        let road = try await Road(alertFile("slack: [{token: xoxb-1, channel: ops, api_url: \"\(slack.api)\"}]"))
        try await road.post(1)
        let ended = try await road.ended(1)
        #expect(ended.map(\.attempts) == [5])
        #expect(slack.taken.count == 1)
        // What Slack will never take is put aside, and can be sent again.
        slack.script(.error("channel_not_found"))
        _ = try await road.center.test("ops")
        let dead = try #require(try await road.ended(2).last)
        #expect(dead.state == .dead)
        #expect(dead.failure == "Slack: channel_not_found")
        _ = try await road.queue.resend(dead.id)
        #expect(try await road.ended(2).map(\.state) == [.delivered, .delivered])
        await #expect(throws: AlertingError.deliveryNotFound(dead.id)) { try await road.queue.resend(dead.id) }
        // Of what is given up, tests are nobody's loss, and what was lost yesterday is no news.
        slack.script(.error("channel_not_found"), .error("channel_not_found"))
        _ = try await road.center.test("ops")
        _ = try await road.ended(3)
        #expect(try await road.queue.givenUp() == 0)
        try await road.post(1, name: "Other")
        #expect(try await road.ended(4).last?.state == .dead)
        #expect(try await road.queue.givenUp() == 1)
        #expect(try await road.queue.givenUp(now: .now().advanced(by: .hours(25))) == 0)
        await road.end()
        await slack.stop()
    }

    /// Whose webhook was taken away reads so.
    @Test func whatSlackSaysOfAWebhookIsTold() async throws {
        let slack = try SlackServer.start()
        slack.script(.error("no_service"), .status(410))
        let road = try await Road(alertFile("slack: [{url: \"\(slack.hook)\"}]"))
        for failure in ["answered 404: no_service", "answered 410"] {
            _ = try await road.center.test("ops")
            try await eventually("it is told") {
                try await road.queue.page(nil, before: nil, limit: 1).first?.failure == failure
            }
        }
        await road.end()
        await slack.stop()
    }

    @Test func slackThatIsAwayGetsItOnceWhenItIsBack() async throws {
        let first = try SlackServer.start()
        await first.stop()
        let road = try await Road(alertFile("slack: [{url_env: HOOK}]"), environment: ["HOOK": "\(first.hook)"])
        try await road.post(1)
        try await eventually("it was tried") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.attempts ?? 0 >= 2
        }
        let slack = try SlackServer.start(port: first.reserved)
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        #expect(slack.taken.count == 1)
        await road.end()
        await slack.stop()
    }

    @Test func slackThatHangsGetsItOnceWhenItAnswers() async throws {
        let slack = try SlackServer.start()
        slack.script(.hang, .hang)
        let road = try await Road(
            alertFile("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook], patience: .seconds(3))
        try await road.post(1)
        try await eventually("its time was up") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.failure?.hasPrefix("deadline-exceeded") == true
        }
        let ended = try await road.ended(1)
        #expect(ended.map(\.state) == [.delivered])
        #expect(ended.allSatisfy { $0.attempts >= 3 })
        #expect(slack.taken.count == 1)
        await road.end()
        await slack.stop()
    }

    @Test func slackWithAWrongCertificateGetsItOnceWhenItHasTheRightOne() async throws {
        let slack = try SlackServer.start()
        let door = try await TLSDoor.start(to: slack.port)
        let road = try await Road(
            alertFile("slack: [{url_env: HOOK}]"), environment: ["HOOK": door.url + "/hook"], trusting: door.certificate)
        try await road.post(1)
        try await eventually("it was refused") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.failure?.contains("certificate") == true
        }
        #expect(slack.attempts == 0)
        try door.showTheRightCertificate()
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        #expect(slack.taken.count == 1)
        await road.end()
        door.stop()
        await slack.stop()
    }

    @Test func aLongWaitIsHonoured() async throws {
        let slack = try SlackServer.start()
        slack.script(.status(429, retryAfter: 3000))
        let road = try await Road(alertFile("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook])
        try await road.post(1)
        try await eventually("it was tried") { slack.attempts == 1 }
        try await eventually("the wait is kept") {
            let waiting = try await road.queue.page(.waiting, before: nil, limit: 1).first
            return waiting?.attempts == 1 && (waiting?.next.map { $0.duration(since: .now()) > .seconds(2900) } ?? false)
        }
        await road.end()
        await slack.stop()
    }

    @Test func whatIsTooOldIsGivenUp() async throws {
        let slack = try SlackServer.start()
        slack.script(.status(503))
        let road = try await Road(
            alertFile("slack: [{token: xoxb-1, channel: ops, api_url: \"\(slack.api)\"}]"),
            policy: RetryPolicy(maximumAttempts: .max, base: .seconds(2), cap: .seconds(2)))
        try await road.post(1)
        try await eventually("it was tried") { try await road.queue.page(nil, before: nil, limit: 1).first?.attempts == 1 }
        try await road.database.write { try $0.execute("UPDATE delivery SET expires = ?", Timestamp.now()) }
        slack.script(.status(503))
        let dead = try #require(try await road.ended(1).first)
        #expect(dead.state == .dead && dead.attempts == 2 && dead.failure?.contains("503") == true, "\(dead)")
        #expect(slack.taken.isEmpty)
        await road.end()
        await slack.stop()
    }

    @Test func webhooksAreSignedAndStayInPublicNetworks() async throws {
        let receiver = try WebhookReceiver.start()
        receiver.script(.status(503), .status(200))
        let secret = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let road = try await Road(
            alertFile("webhook: [{url: \"\(receiver.url)\", secret: \(secret)}, {url: \"http://10.1.2.3/x\"}]"))
        try await road.post(2)
        let ended = try await road.ended(2)
        #expect(Set(ended.map(\.state)) == [.delivered, .dead])
        #expect(ended.first { $0.state == .dead }?.failure?.hasPrefix("refused-address") == true)
        let seen = receiver.seen
        #expect(seen.count == 2)
        #expect(seen[0].id == seen[1].id)
        let key = try #require(WebhookSecret(text: secret))
        for attempt in seen {
            let seconds = try #require(attempt.headers["webhook-timestamp"].flatMap { Int64($0) })
            let signed = WebhookSignature.headers(
                id: attempt.id, time: Timestamp(milliseconds: seconds * 1000), payload: attempt.body, secrets: [key])
            #expect(attempt.headers["webhook-signature"] == signed.last?.value)
        }
        #expect(seen[1].type == "alert.firing")
        #expect(seen[1].data["firing"] == 2)
        await road.end()
        await receiver.stop()
    }
}
