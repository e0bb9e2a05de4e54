import Contracts
import FoundationEssentials
import Glibc
import HTTP
import Messaging
import Primitives
import TestSupport
import Testing

/// The alerting as it stands in a whole studio.
@Suite(.serialized) struct AlertingTests {
    private static let amtool = ProcessInfo.processInfo.environment["AVSTUDIO_AMTOOL"] ?? "/usr/bin/amtool"

    private func put(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    private func use(_ text: String, in studio: TestStudio, rule: JSONValue = "Broken") async throws {
        try put(text, studio.folder + "/alerts.yaml")
        try await eventually("the file is read") {
            let page = try await studio.json(.get, "/api/alerts/rules").document
            return page["rules"]?.arrayValue?.contains { $0["name"] == rule } == true
        }
    }

    private func file(_ slack: SlackServer) -> String {
        """
        version: 1
        rules:
          - {name: Broken, kind: threshold, metric: broken, window: 10m, above: 2, by: [script], severity: critical,
             annotations: {summary: "{{ $labels.script }} broke {{ $value }} times"}}
        receivers:
          - name: ops
            slack: [{url: "\(slack.hook)"}]
        route: {receiver: ops, group_by: [alertname], group_wait: 0s}
        """
    }

    private func measure(_ studio: TestStudio, _ value: Double, id: String) async throws {
        let event: JSONValue = [
            "id": .string(id), "script_name": "upload.py", "metric_type": "broken", "value": .number(value),
        ]
        let answer = try await studio.json(.post, "/api/metrics", event)
        #expect(answer.status == 200)
    }

    private func bus(_ studio: TestStudio) async throws -> MessageBus {
        var messaging = MessagingConfiguration(name: "alerting-tests")
        messaging.servers = ["nats://127.0.0.1:\(studio.port + 8)"]
        messaging.user = "gateway"
        messaging.password = try String(contentsOfFile: studio.folder + "/secrets/nats-gateway.password", encoding: .utf8)
            .filter { !$0.isNewline }
        return try await MessageBus.connect(messaging)
    }

    private func publish(_ value: Int, _ bus: MessageBus, id: String) async throws {
        let event = #"{"script_name": "upload.py", "metric_type": "broken", "value": \#(value)}"#
        _ = try await bus.publishDurable(Subjects.metric, Bytes(event.utf8), messageID: id, timeout: .seconds(5))
    }

    @Test func whatIsMeasuredIsToldAndCaredFor() async throws {
        let studio = try await TestStudio.start()
        let slack = try SlackServer.start()
        try await use(file(slack), in: studio)
        let bus = try await bus(studio)
        try await publish(3, bus, id: "a")
        try await eventually("Slack is told") { slack.taken.count == 1 }
        #expect(slack.problems == [])
        let text = String(decoding: slack.taken[0].serialized(), as: UTF8.self)
        #expect(text.contains("upload.py broke 3 times"))
        let list = try await studio.json(.get, "/api/alerts").document["alerts"]?.arrayValue ?? []
        let fingerprint = try #require(list.first?["fingerprint"]?.stringValue)
        #expect(list.first?["receivers"] == ["ops"])

        // A key that may only measure sees nothing of it.
        let guest = try await studio.json(.post, "/keys", ["name": "guest", "owner": "ann"]).document["key"]?.stringValue
        let key = try #require(guest)
        #expect(try await studio.json(.get, "/api/alerts", key: key).status == 403)

        let run = try await studio.avstudio(["alerts", "acknowledge", fingerprint, "--note", "on it"])
        #expect(run.status == 0, "\(run.errors)")
        let test = try await studio.avstudio(["alerts", "test"])
        #expect(test.status == 0 && test.output.contains("delivered"), "\(test.errors)")
        #expect(slack.taken.count == 2)
        // A file with an error: the old rules stay, and its line is told.
        try put("version: 1\nrules:\n  - {name: Other, kind: thresold, window: 1m}\n", studio.folder + "/alerts.yaml")
        try await eventually("the error is shown") {
            let shown = try await studio.avstudio(["alerts", "rules"])
            return shown.status == 1 && shown.errors.contains("alerts.yaml:3:") && shown.output.contains("Broken")
        }
        for (method, path, body) in [
            (HTTPMethod.post, "/api/alerts/silences", #"{"matchers": ["a=b"]}"#), (.post, "/api/alerts/silences", "[]"),
            (.put, "/api/heartbeats/x", #"{"period": -1}"#), (.get, "/api/alerts?state=no", ""),
            (.get, "/api/alerts?limit=0", ""), (.get, "/api/alerts?limit=1001", ""), (.get, "/api/alerts?unhandled=maybe", ""),
            (.post, "/api/v2/alerts", #"[{"labels": {}}]"#), (.get, "/api/alerts?filter=x", ""),
        ] {
            let answer = try await studio.send(method, path, body: body.isEmpty ? nil : Bytes(body.utf8))
            #expect([400, 422].contains(answer.status), "\(path) \(answer.status)")
        }
        await bus.drain()
        await slack.stop()
        try await studio.stop()
    }

    /// A measurement that is posted is judged like one that comes over the bus: once, and also when nats-server was away.
    @Test func whatIsPostedFiresARule() async throws {
        let studio = try await TestStudio.start()
        let slack = try SlackServer.start()
        try await use(file(slack), in: studio)
        func value() async throws -> JSONValue? {
            try await studio.json(.get, "/api/alerts").document["alerts"]?.arrayValue?.first?["value"]
        }
        for _ in 0..<2 { try await measure(studio, 3, id: "a") }
        try await eventually("Slack is told") { slack.taken.count == 1 }
        #expect(try await value() == 3)
        // Both are killed after it was taken.
        kill(try studio.pid("nats-server"), SIGKILL)
        try await measure(studio, 4, id: "b")
        kill(try studio.pid("analytics"), SIGKILL)
        try await studio.up()
        try await measure(studio, 4, id: "b")
        try await eventually("what was taken is judged", within: .seconds(60)) { try await value() == 7 }
        try await measure(studio, 1, id: "c")
        try await eventually("the next is judged") { try await value() == 8 }
        #expect(slack.taken.count == 1)
        await slack.stop()
        try await studio.stop()
    }

    /// Whoever is taken out of the analytics is forgotten by the alerting too, however long it was away; others are not.
    @Test func whoIsErasedIsForgotten() async throws {
        let studio = try await TestStudio.start()
        let slack = try SlackServer.start()
        let text = """
            version: 1
            rules: [{name: Broken, kind: threshold, metric: broken, window: 1h, above: 2, by: [owner]}]
            receivers: [{name: ops, slack: [{url: "\(slack.hook)"}]}]
            route: {receiver: ops, group_by: [alertname, owner], group_wait: 0s}
            """
        try await use(text, in: studio)
        let event: JSONValue = ["script_name": "upload.py", "metric_type": "broken", "value": 3]
        for owner in ["ann", "bob"] {
            let made = try await studio.json(
                .post, "/keys", ["name": .string(owner), "owner": .string(owner), "scopes": ["analytics:write", "alerting:write"]])
            let key = try #require(made.document["key"]?.stringValue)
            #expect(try await studio.json(.post, "/api/metrics", event, key: key).status == 200)
            // Ann has silenced something, under another name.
            let silence: JSONValue = ["matchers": ["host=a"], "duration": "1h", "createdBy": "somebody", "comment": ""]
            guard owner == "ann" else { continue }
            #expect(try await studio.json(.post, "/api/alerts/silences", silence, key: key).status == 201)
        }
        try await eventually("both are told") {
            try await studio.json(.get, "/api/alerts/deliveries?state=delivered").document["deliveries"]?.arrayValue?.count == 2
        }
        func shown() async throws -> String {
            var text = ""
            for path in ["/api/alerts?state=all", "/api/alerts/silences", "/api/alerts/deliveries", "/api/v2/alerts/groups"] {
                let answer = try await studio.json(.get, path)
                #expect(answer.status == 200)
                text += String(decoding: answer.document.serialized(), as: UTF8.self)
            }
            return text
        }
        #expect(try await shown().contains(#""ann""#))
        kill(try studio.pid("alerting"), SIGKILL)
        let gone = try await studio.json(.delete, "/api/people/ann")
        #expect(gone.status == 200 && gone.document["rows"] == 1)
        try await studio.up()
        try await eventually("it is forgotten", within: .seconds(60)) { try await !shown().contains(#""ann""#) }
        let left = try await shown()
        #expect(left.contains(#""bob""#) && left.contains(#""owner":"(erased)""#))
        await slack.stop()
        try await studio.stop()
    }

    @Test func aStormOfSeriesIsFewMessages() async throws {
        let studio = try await TestStudio.start()
        let slack = try SlackServer.start()
        let text = """
            version: 1
            rules: [{name: Storm, kind: threshold, metric: storm, window: 1h, above: 0, by: [host]}]
            receivers: [{name: ops, slack: [{url: "\(slack.hook)"}]}]
            route: {receiver: ops, group_by: [alertname], group_wait: 2s, group_interval: 5s}
            """
        try await use(text, in: studio, rule: "Storm")
        let bus = try await bus(studio)
        for message in 0..<20 {
            let events = (0..<500).map { place in
                #"{"script_name": "s", "metric_type": "storm", "value": 1, "labels": {"host": "h\#(message * 500 + place)"}}"#
            }
            _ = try await bus.publishDurable(
                Subjects.metric, Bytes(("[" + events.joined(separator: ",") + "]").utf8), messageID: "storm-\(message)")
        }
        try await eventually("Slack is told of all", within: .seconds(60)) {
            slack.taken.contains { String(decoding: $0.serialized(), as: UTF8.self).contains("10000") }
        }
        #expect(slack.taken.count <= 3)
        #expect(slack.problems == [])
        await bus.drain()
        await slack.stop()
        try await studio.stop()
    }

    /// A server that hangs is not silence of those who measure; their silence after it is.
    @Test func whatCouldNotBeHeardIsNotMissed() async throws {
        let studio = try await TestStudio.start()
        let slack = try SlackServer.start()
        let text = """
            version: 1
            rules:
              - {name: Gone, kind: absence, metric: beat, window: 8s}
              - {name: Few, kind: threshold, metric: beat, function: count, window: 8s, below: 1}
            receivers: [{name: ops, slack: [{url: "\(slack.hook)"}]}]
            route: {receiver: ops, group_by: [alertname], group_wait: 0s}
            """
        try await use(text, in: studio, rule: "Few")
        let bus = try await bus(studio)
        let beats = Task {
            while !Task.isCancelled {
                // What can not be sent now is lost.
                let event = #"{"script_name": "s", "metric_type": "beat", "value": 1}"#
                try? bus.publish(Subjects.metric, Bytes(event.utf8))
                try await Task.sleep(for: .milliseconds(300))
            }
        }
        // New rules are absent for a moment; then they are not.
        func firing() async throws -> Set<String> {
            let alerts = try await studio.json(.get, "/api/alerts?state=firing").document["alerts"]?.arrayValue ?? []
            return Set(alerts.compactMap { $0["labels"]?["alertname"]?.stringValue })
        }
        try await eventually("all is well") { try await firing().isEmpty }
        let before = slack.taken.count
        let pid = try studio.pid("nats-server")
        kill(pid, SIGSTOP)
        try await Task.sleep(for: .seconds(12))
        #expect(try await firing().isEmpty)
        kill(pid, SIGCONT)
        try await Task.sleep(for: .seconds(3))
        #expect(slack.taken.count == before)
        beats.cancel()
        _ = await beats.result
        try await eventually("their silence is told", within: .seconds(60)) { try await firing() == ["Gone", "Few"] }
        await bus.drain()
        await slack.stop()
        try await studio.stop()
    }

    /// Each part is killed while measurements come; what fires is told once, and nothing else is.
    @Test(arguments: ["alerting", "nats-server"]) func killedPartTellsOnce(_ part: String) async throws {
        let studio = try await TestStudio.start()
        let slack = try SlackServer.start()
        try await use(file(slack), in: studio)
        let bus = try await bus(studio)
        for number in 0..<2 { try await publish(1, bus, id: "m\(number)") }
        for _ in 0..<2 {
            kill(try studio.pid(part), SIGKILL)
            try await studio.up()
        }
        #expect(slack.taken.isEmpty)
        try await eventually("it is taken") {
            do {
                try await publish(1, bus, id: "m2")
                return true
            } catch { return false }
        }
        try await eventually("Slack is told", within: .seconds(90)) { slack.taken.count == 1 }
        // Killed before its answer is on disk, the alerting would have to tell Slack again.
        try await eventually("it is known to be told") {
            try await studio.json(.get, "/api/alerts/deliveries?state=delivered").document["deliveries"]?.arrayValue?.count == 1
        }
        kill(try studio.pid(part), SIGKILL)
        try await studio.up()
        let shown = try await studio.json(.get, "/api/alerts").document["alerts"]?.arrayValue ?? []
        #expect(shown.map { $0["value"] } == [3])
        #expect(slack.taken.count == 1)
        await bus.drain()
        await slack.stop()
        try await studio.stop()
    }

    @Test(.enabled(if: ClientPrograms.areWanted(amtool), "deploy/test installs amtool")) func amtoolSpeaksToIt() async throws {
        let studio = try await TestStudio.start()
        let slack = try SlackServer.start()
        try await use(file(slack), in: studio)
        let http = studio.folder + "/amtool.yml"
        try put("authorization: {credentials: \(studio.ownerKey)}\n", http)
        func amtool(_ words: String...) async throws -> String {
            let run = try await CommandRun.run(
                Self.amtool, ["--alertmanager.url=\(studio.url)", "--http.config.file=\(http)"] + words)
            #expect(run.status == 0, "\(words): \(run.errors)")
            return run.output
        }
        _ = try await amtool("alert", "add", "Disk", "severity=critical", "host=a", "--annotation=summary=full")
        _ = try await amtool("alert", "add", "Disk", "severity=warning", "host=b")
        #expect(try await amtool("alert", "query").contains("Disk"))
        #expect(try await amtool("alert", "query", "-o", "json", "severity=critical").contains(#""host":"a""#))
        #expect(try await !amtool("alert", "query", "-o", "json", "severity=critical").contains(#""host":"b""#))
        let id = try await amtool(
            "silence", "add", "alertname=Disk", "host=~a|c", "--duration=1h", "--comment=mended", "--author=ann"
        )
        .filter { !$0.isWhitespace }
        #expect(id.hasPrefix("sil_"))
        #expect(try await amtool("silence", "query").contains("mended"))
        let silenced = try await amtool("alert", "query", "-o", "json", "--silenced")
        #expect(silenced.contains(#""host":"a""#))
        #expect(try await !amtool("alert", "query", "-o", "json").contains(#""host":"a""#))
        _ = try await amtool("silence", "expire", id)
        #expect(try await amtool("alert", "query", "-o", "json").contains(#""host":"a""#))
        #expect(try await amtool("config", "show").contains("alerts.yaml"))
        let groups = try await studio.json(.get, "/api/v2/alerts/groups").document.arrayValue ?? []
        #expect(groups.first?["receiver"]?["name"] == "ops")
        await slack.stop()
        try await studio.stop()
    }
}
