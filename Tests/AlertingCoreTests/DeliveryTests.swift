import AlertingCore
import Foundation
import HTTP
import HTTPClient
import Persistence
import Primitives
import TestSupport
import Testing

/// Messages on their way to Slack, mail servers and webhooks that refuse, hang and come back.
struct DeliveryTests {
    /// A center whose deliveries are made for real, with short waits.
    private struct Road {
        let folder: TemporaryFolder
        let database: Database
        let center: AlertCenter
        let queue: DeliveryQueue
        let sender: ChannelSender
        private let task: Task<Void, any Error>

        init(
            _ text: String, environment: [String: String] = [:], trusting certificate: String? = nil,
            patience: Duration = .seconds(20)
        ) async throws {
            folder = try TemporaryFolder("alerting")
            database = try await Database.open(
                folder.appending("alerting.sqlite"), migrations: AlertingSchema.migrations, durability: .normal)
            center = AlertCenter(database, url: "http://studio.example/#alerts")
            try await center.load(try AlertFile(Bytes(text.utf8), environment: environment))
            queue = DeliveryQueue(database)
            sender = ChannelSender(
                egress: .allowing(["127.0.0.1"]), trustedCertificates: certificate, patience: patience
            ) { _ in Bytes("%PDF-1.7".utf8) }
            let policy = RetryPolicy(maximumAttempts: .max, base: .milliseconds(20), cap: .milliseconds(100))
            let deliverer = Deliverer(center, queue, policy: policy) { [sender] in await sender.send($0) }
            task = Task { try await deliverer.run() }
        }

        /// Alerts of a program, judged and told.
        func post(_ count: Int, ended: Bool = false, name: String = "Disk") async throws {
            try await center.post(
                (0..<count).map { number in
                    PostedAlert(
                        labels: [
                            "alertname": name, "severity": "critical",
                            "host": "h\(number) <&> \(String(repeating: "x", count: 200))",
                        ],
                        annotations: ["summary": "Full & <broken>", "description": String(repeating: "long ", count: 800)],
                        starts: nil, ends: ended ? Timestamp(milliseconds: 1) : .now().advanced(by: .hours(1)), generatorURL: nil)
                })
            await center.round()
        }

        func ended(_ count: Int) async throws -> [AlertingCore.Delivery] {
            try await eventually("all have ended") {
                let page = try await queue.page(nil, before: nil, limit: 100)
                return page.count == count && page.allSatisfy { $0.state != .waiting }
            }
            return try await queue.page(nil, before: nil, limit: 100).reversed()
        }

        func end() async {
            task.cancel()
            _ = try? await task.value
            await sender.shutdown()
            await database.close()
            folder.remove()
        }
    }

    private static func file(_ channels: String, top: String = "") -> String {
        """
        version: 1
        \(top)
        receivers:
          - name: ops
            \(channels)
        route: {receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1s}
        """
    }

    @Test func slackGetsWhatItCanShow() async throws {
        let slack = try SlackServer.start()
        let road = try await Road(Self.file("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook])
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

    @Test func slacksThreadHoldsTheEnd() async throws {
        let slack = try SlackServer.start()
        let road = try await Road(
            Self.file("slack: [{token: xoxb-1, channel: \"#ops\", api_url: \"\(slack.api)\"}]"))
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
        #expect(messages[0]["metadata"]?["event_payload"]?["delivery"] != messages[1]["metadata"]?["event_payload"]?["delivery"])
        #expect(slack.problems == [])
        await road.end()
        await slack.stop()
    }

    @Test func slackThatRefusesGetsItOnceWhenItIsBack() async throws {
        let slack = try SlackServer.start()
        slack.script(.status(500), .status(429, retryAfter: 0), .error("internal_error"), .status(503))
        let road = try await Road(Self.file("slack: [{token: xoxb-1, channel: ops, api_url: \"\(slack.api)\"}]"))
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
        await road.end()
        await slack.stop()
    }

    @Test func slackThatIsAwayGetsItOnceWhenItIsBack() async throws {
        let first = try SlackServer.start()
        let port = first.port
        await first.stop()
        let road = try await Road(Self.file("slack: [{url_env: HOOK}]"), environment: ["HOOK": "http://127.0.0.1:\(port)/hook"])
        try await road.post(1)
        try await eventually("it was tried") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.attempts ?? 0 >= 2
        }
        let slack = try SlackServer.start(port: port)
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        #expect(slack.taken.count == 1)
        await road.end()
        await slack.stop()
    }

    @Test func slackThatHangsGetsItOnceWhenItAnswers() async throws {
        let slack = try SlackServer.start()
        slack.script(.hang, .hang)
        let road = try await Road(
            Self.file("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook], patience: .seconds(3))
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
            Self.file("slack: [{url_env: HOOK}]"), environment: ["HOOK": door.url + "/hook"], trusting: door.certificate)
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

    @Test(.enabled(if: TestMailServer.isPossible, "deploy/test installs aiosmtpd"))
    func aMailServerThatHangsOrIsAwayGetsItOnce() async throws {
        let server = try await TestMailServer.start("none")
        let road = try await Road(
            Self.file(
                "email: [{to: [ann@example.org]}]",
                top: "smtp: {host: 127.0.0.1, port: \(server.port), security: none, from: studio@example.org}"),
            patience: .seconds(6))
        try server.answer("hang")
        try server.answer("421 too busy")
        try await road.post(1)
        for answer in ["hang", "421 too busy", "250"] {
            let mail = try await server.next()
            #expect(mail["answer"]?.stringValue == answer)
        }
        let ended = try await road.ended(1)
        #expect(ended.map(\.state) == [.delivered])
        #expect(ended.map(\.attempts) == [3])
        await road.end()
        server.stop()
    }

    @Test func aLongWaitIsHonoured() async throws {
        let slack = try SlackServer.start()
        slack.script(.status(429, retryAfter: 3000))
        let road = try await Road(Self.file("slack: [{url_env: HOOK}]"), environment: ["HOOK": slack.hook])
        try await road.post(1)
        try await eventually("it was tried") { slack.attempts == 1 }
        try await eventually("the wait is kept") {
            let waiting = try await road.queue.page(.waiting, before: nil, limit: 1).first
            return waiting?.attempts == 1 && (waiting?.next.map { $0.duration(since: .now()) > .seconds(2900) } ?? false)
        }
        await road.end()
        await slack.stop()
    }

    @Test func webhooksAreSignedAndStayInPublicNetworks() async throws {
        let receiver = try WebhookReceiver.start()
        receiver.script(.status(503), .status(200))
        let secret = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let road = try await Road(
            Self.file("webhook: [{url: \"\(receiver.url)\", secret: \(secret)}, {url: \"http://10.1.2.3/x\"}]"))
        try await road.post(2)
        let ended = try await road.ended(2)
        #expect(Set(ended.map(\.state)) == [.delivered, .dead])
        #expect(ended.first { $0.state == .dead }?.failure?.hasPrefix("refused-address") == true)
        let seen = receiver.seen
        #expect(seen.count == 2)
        #expect(seen[0].id == seen[1].id)
        #expect(seen.allSatisfy { $0.headers["webhook-signature"]?.hasPrefix("v1,") == true })
        #expect(seen[1].type == "alert.firing")
        #expect(seen[1].data["firing"] == 2)
        await road.end()
        await receiver.stop()
    }

    @Test(
        .enabled(if: TestMailServer.isPossible, "deploy/test installs aiosmtpd"),
        arguments: ["starttls", "tls", "none"]) func mailsArriveOverEachKindOfConnection(_ mode: String) async throws
    {
        let login = mode == "none" ? nil : (user: "studio", password: "a secret: ä")
        let server = try await TestMailServer.start(mode, login: login)
        let access = login.map { ", user: \($0.user), password: \"\($0.password)\"" } ?? ""
        let road = try await Road(
            Self.file(
                "email: [{to: [ann@example.org, bob@example.org]}]",
                top: "smtp: {host: 127.0.0.1, port: \(server.port), security: \(mode), from: studio@example.org, "
                    + "ca_file: \(server.certificate)\(access)}"))
        try server.answer("451 try later")
        try await road.post(1, name: "Größe")
        let refused = try await server.next()
        let mail = try await server.next()
        #expect(refused["answer"] == "451 try later")
        #expect(mail["from"] == "studio@example.org")
        #expect(mail["to"] == ["ann@example.org", "bob@example.org"])
        #expect(mail["secure"] == .bool(mode != "none"))
        #expect(mail["user"] == (login.map { JSONValue.string($0.user) } ?? .null))
        let content = try #require(mail["content"]?.stringValue)
        let delivery = try #require(try await road.ended(1).first)
        #expect(delivery.state == .delivered)
        #expect(delivery.attempts == 2)
        for text in [
            "Subject: =?utf-8?B?", "Message-ID: <\(delivery.id)@example.org>", "multipart/alternative", "text/plain; charset=utf-8",
            "text/html; charset=utf-8", "Auto-Submitted: auto-generated",
        ] { #expect(content.contains(text), "\(text)") }
        #expect(content.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 998 })
        await road.end()
        server.stop()
    }

    @Test(.enabled(if: TestMailServer.isPossible, "deploy/test installs aiosmtpd"))
    func aMailServerWithAWrongCertificateGetsNothingUntilItIsTrusted() async throws {
        let server = try await TestMailServer.start("starttls")
        func text(_ more: String) -> String {
            Self.file(
                "email: [{to: [ann@example.org]}]",
                top: "smtp: {host: 127.0.0.1, port: \(server.port), security: starttls, from: studio@example.org\(more)}")
        }
        let road = try await Road(text(""))
        try await road.post(1)
        try await eventually("it was refused") {
            try await road.queue.page(.waiting, before: nil, limit: 1).first?.failure?.hasPrefix("tls-failed") == true
        }
        await road.center.replace(try AlertFile(Bytes(text(", ca_file: \(server.certificate)").utf8)))
        #expect(try await server.next()["answer"] == "250")
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        // What the server refuses for good is put aside.
        try server.answer("554 no such mail here")
        _ = try await road.center.test("ops")
        _ = try await server.next()
        let dead = try #require(try await road.ended(2).last)
        #expect(dead.state == .dead)
        #expect(dead.failure?.contains("554") == true)
        await road.end()
        server.stop()
    }

    @Test(.enabled(if: TestMailServer.isPossible, "deploy/test installs aiosmtpd")) func reportsAreAttached() async throws {
        let server = try await TestMailServer.start("none")
        let road = try await Road(
            Self.file(
                "email: [{to: [ann@example.org]}]",
                top: "smtp: {host: 127.0.0.1, port: \(server.port), security: none, from: studio@example.org}")
                + "\nreports: [{name: daily, every: day, receiver: ops}]")
        await road.center.round()
        #expect(try await road.queue.page(nil, before: nil, limit: 10).isEmpty, "a new one waits for its time")
        // As if the last had been yesterday's, by an earlier process.
        try await road.database.write { try $0.execute("UPDATE report SET last = last - 86400000") }
        let center = AlertCenter(road.database)
        try await center.load(
            try AlertFile(
                Bytes(
                    (Self.file(
                        "email: [{to: [ann@example.org]}]",
                        top: "smtp: {host: 127.0.0.1, port: \(server.port), security: none, from: studio@example.org}")
                        + "\nreports: [{name: daily, every: day, receiver: ops}]").utf8)))
        await center.round()
        let mail = try await server.next()
        let content = try #require(mail["content"]?.stringValue)
        #expect(content.contains("Content-Type: application/pdf"))
        #expect(content.contains("attachment; filename=\"report-"))
        #expect(content.contains("JVBERi0xLjc="))
        await center.round()
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        await road.end()
        server.stop()
    }
}
