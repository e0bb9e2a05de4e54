import Contracts
import Cryptography
import FoundationEssentials
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// What people get: in Slack, by mail, and from other programs' alerts.
@Suite(.serialized, .enabled(if: TestMailServer.isWanted, "deploy/test installs aiosmtpd")) struct MessageTests {
    private static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
    private static let reader = "/usr/bin/pdftotext"

    private func use(_ text: String, in studio: TestStudio) async throws {
        try Data(text.utf8).write(to: URL(filePath: studio.folder + "/alerts.yaml"))
        try await eventually("the file is read") {
            let page = try await studio.json(.get, "/api/alerts/receivers").document
            return page["receivers"]?.arrayValue?.contains { $0["name"] == "operators" } == true
        }
    }

    private func receivers(_ mail: TestMailServer, _ slack: SlackServer? = nil) -> String {
        """

        smtp: {host: 127.0.0.1, port: \(mail.port), security: none, from: studio@example.org}
        receivers:
          - name: operators
            email: [{to: [ann@example.org]}]
            \(slack.map { "slack: [{url: \"\($0.hook)\"}]" } ?? "")
        route: {receiver: operators, group_by: [alertname]}

        """
    }

    private func measure(_ studio: TestStudio, _ type: String, _ values: [(value: Double, time: Timestamp?)]) async throws {
        let events = values.enumerated().map { number, one -> JSONValue in
            var event: [String: JSONValue] = [
                "id": .string("\(type)-\(number)"), "script_name": "upload.py", "metric_type": .string(type),
                "value": .number(one.value), "labels": ["error_type": "Timeout"],
            ]
            if let time = one.time { event["timestamp"] = .string(time.iso8601) }
            return .object(event)
        }
        let answer = try await studio.json(.post, "/api/metrics", .array(events))
        #expect(answer.status == 200)
    }

    /// The rules that the studio comes with, and nothing but receivers added.
    @Test func errorsThatPileUpAreToldInSlackAndByMail() async throws {
        let studio = try await TestStudio.start()
        let (slack, mail) = (try SlackServer.start(), try await TestMailServer.start("none"))
        let shipped = try #require(FileManager.default.contents(atPath: Self.root + "/deploy/config/alerts.yaml"))
        try await use(String(decoding: shipped, as: UTF8.self) + receivers(mail, slack), in: studio)
        func told() -> [String] {
            slack.taken.map { String(decoding: $0.serialized(), as: UTF8.self) }.filter { $0.contains("ErrorsPile") }
        }
        try await measure(studio, "errors", (0..<10).map { _ in (1, nil) })
        try await eventually("they are watched") {
            let rules = try await studio.json(.get, "/api/alerts/rules").document["rules"]?.arrayValue ?? []
            return rules.contains { $0["name"] == "ErrorsPile" && $0["groups"] == 1 }
        }
        #expect(told().isEmpty)
        // Ten of them are known.
        try await measure(studio, "errors", (0..<11).map { _ in (1, nil) })
        try await eventually("Slack is told") { !told().isEmpty }
        let sentence = "upload.py: 11 errors in 5 minutes"
        #expect(told().count == 1 && told()[0].contains(sentence), "\(told())")
        #expect(slack.problems == [])
        let content = try await self.content(of: "[FIRING:1] ErrorsPile (warning): \(sentence)", at: mail)
        #expect(told()[0].contains(#""text":"[FIRING:1] ErrorsPile (warning): \#(sentence)""#), "\(told())")
        #expect(parts(of: content, type: "text/plain").contains { String(decoding: $0, as: UTF8.self).contains(sentence) })
        try await jobsThatFailAreTold(studio, slack, mail)
        await slack.stop()
        mail.stop()
        try await studio.stop()
    }

    /// Nobody measures anything here but the studio itself: its jobs fail, as what they are given is no recording.
    private func jobsThatFailAreTold(_ studio: TestStudio, _ slack: SlackServer, _ mail: TestMailServer) async throws {
        let file = try await studio.upload(Bytes("This is a letter, not a recording.".utf8), name: "letter.wav")
        var jobs: [String] = []
        for _ in 0..<11 { jobs.append(try await studio.begin("audio.normalize", ["input": .string(file)])) }
        for job in jobs { #expect(try await studio.ended(job, of: "audio").state == .failed) }
        let title = "[FIRING:1] JobsFail (critical): audio.normalize: 100% of the jobs of 15 minutes failed"
        func told() -> [JSONValue] { slack.taken.filter { $0["text"]?.stringValue == title } }
        try await eventually("Slack is told of the jobs") { !told().isEmpty }
        #expect(told().count == 1 && slack.problems == [], "\(slack.taken)")
        _ = try await content(of: title, at: mail)
        // Eleven errors are one too many as well, of which nobody need be told beside.
        func piled() async throws -> JSONValue? {
            let list = try await studio.json(.get, "/api/alerts").document["alerts"]?.arrayValue
            return list?.first { $0["name"] == "ErrorsPile" && $0["labels"]?["script"] == "audio.normalize" }
        }
        try await eventually("each error counts") { try await piled()?["value"] == 11 }
        #expect(try await piled()?["status"] == "inhibited")
    }

    /// The report of the last whole day, made by the analytics, though it is ordered in the middle of the next.
    @Test func theReportOfYesterdayComesByMail() async throws {
        let studio = try await TestStudio.start()
        let mail = try await TestMailServer.start("none")
        let day: Int64 = 86_400_000
        let today = Timestamp(milliseconds: Timestamp.now().milliseconds / day * day)
        let yesterday = String(today.advanced(by: .hours(-24)).iso8601.prefix(10))
        try await measure(studio, "errors", [(4321, today.advanced(by: .hours(-12))), (77, today)])
        try await use(
            "version: 1" + receivers(mail) + "reports: [{name: daily, every: day, at: \"00:00\", receiver: operators}]\n",
            in: studio)
        // As if the alerting had ordered the last one a day ago.
        kill(try studio.pid("alerting"), SIGKILL)
        let before = today.advanced(by: .hours(-24)).milliseconds
        let change = try await CommandRun.run(
            "/usr/bin/python3",
            [
                "-c",
                """
                import sqlite3, sys
                with sqlite3.connect(sys.argv[1], timeout=20) as store:
                    store.execute("INSERT OR REPLACE INTO report VALUES ('daily', ?)", [int(sys.argv[2])])
                """, studio.folder + "/alerting/alerting.sqlite", "\(before)",
            ])
        #expect(change.status == 0, "\(change.errors)")
        try await studio.up()
        let content = try #require(try await mail.next()["content"]?.stringValue)
        #expect(content.contains("Subject: [AV-Studio] Report daily: \(yesterday)"))
        #expect(content.contains("filename=\"report-\(yesterday).pdf\""))
        let report = try #require(parts(of: content, type: "application/pdf").first)
        #expect(report.starts(with: Bytes("%PDF-".utf8)))
        if ClientPrograms.areWanted(Self.reader) {
            let file = studio.folder + "/report.pdf"
            try Data(report).write(to: URL(filePath: file))
            let text = try await CommandRun.run(Self.reader, ["-layout", file, "-"]).output
            #expect(text.contains("\(yesterday) to \(yesterday)"), "\(text)")
            #expect(text.contains("4321") && !text.contains("4398"), "\(text)")
        }
        for query in ["from=2026-11-01T05:00:00Z&to=2026-11-03", "from=2026-11-03&to=2026-11-01", "from=soon"] {
            #expect(try await studio.send(.get, "/api/report.pdf?" + query).status == 400, "\(query)")
        }
        mail.stop()
        try await studio.stop()
    }

    /// What Prometheus sends at once comes through the door: up to 4 MiB, and no more.
    @Test func manyAlertsComeAtOnce() async throws {
        let studio = try await TestStudio.start()
        let mail = try await TestMailServer.start("none")
        try await use("version: 1" + receivers(mail), in: studio)
        func body(_ count: Int, _ length: Int) -> Bytes {
            let words = String(repeating: "x", count: length)
            let alerts = (0..<count).map { number -> JSONValue in
                [
                    "labels": ["alertname": "Disk", "host": .string("h\(number)")], "annotations": ["summary": .string(words)],
                ]
            }
            return JSONValue.array(alerts).serialized()
        }
        let many = body(5000, 700)
        #expect(many.count > 3 << 20 && many.count < 4 << 20)
        #expect(try await studio.send(.post, "/api/v2/alerts", body: many).status == 200)
        let subject = try #require(try await mail.next()["content"]?.stringValue)
        #expect(subject.contains("[FIRING:5000] Disk"))
        #expect(try await studio.send(.post, "/api/v2/alerts", body: body(5000, 900)).status == 413)
        #expect(try await studio.send(.post, "/api/v2/alerts", body: body(5001, 1)).status == 422)
        mail.stop()
        try await studio.stop()
    }

    /// Waits for the mail with this title. Others may come before it: of a machine that is slow or nearly full, or of an end.
    private func content(of title: String, at mail: TestMailServer) async throws -> String {
        while true {
            let content = try #require(try await mail.next()["content"]?.stringValue)
            // A long subject is folded.
            if content.replacing("\r\n ", with: " ").contains("Subject: [AV-Studio] \(title)\r\n") { return content }
        }
    }

    /// The parts of a mail of one type, decoded.
    private func parts(of mail: String, type: String) -> [Bytes] {
        mail.split(separator: "--=_").compactMap { part in
            guard part.contains("Content-Type: \(type)"), let start = part.firstRange(of: "\r\n\r\n") else { return nil }
            return Base64.decode(String(part[start.upperBound...].filter { !$0.isWhitespace }))
        }
    }
}
