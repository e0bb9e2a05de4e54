import Contracts
import FoundationEssentials
import Glibc
import HTTP
import Messaging
import Primitives
import Synchronization
import TestSupport
import Testing

/// The analytics as they stand in a whole studio.
@Suite(.serialized) struct AnalyticsTests {
    private func today(_ studio: TestStudio, _ type: String, key: String? = nil) async throws -> (count: Int64, sum: Double) {
        let answer = try await studio.json(.get, "/api/metrics/today", key: key)
        let total = answer.document["totals"]?[type]
        return (total?["count"]?.integerValue ?? 0, total?["sum"]?.doubleValue ?? 0)
    }

    private static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
    private static let python = root + "/var/test-venv/bin/python"

    private func secret(_ studio: TestStudio, _ name: String) throws -> String {
        try String(contentsOfFile: studio.folder + "/secrets/" + name, encoding: .utf8).filter { !$0.isNewline }
    }

    private func bus(_ studio: TestStudio, user: String = "gateway") async throws -> MessageBus {
        var messaging = MessagingConfiguration(name: "analytics-tests")
        messaging.servers = ["nats://127.0.0.1:\(studio.port + 8)"]
        messaging.user = user
        messaging.password = try secret(studio, "nats-\(user).password")
        return try await MessageBus.connect(messaging)
    }

    /// A rule that fires with the sum of all that is measured as `load`.
    private func watchLoad(_ studio: TestStudio) async throws {
        let rule = "version: 1\nrules: [{name: Load, kind: threshold, metric: load, window: 12h, above: -1}]\n"
        try Data(rule.utf8).write(to: URL(filePath: studio.folder + "/alerts.yaml"))
        try await eventually("the rule is there") { try await watched(studio) != nil }
    }

    private func watched(_ studio: TestStudio) async throws -> Double? {
        try await studio.json(.get, "/api/alerts").document["alerts"]?.arrayValue?.first { $0["labels"]?["alertname"] == "Load" }?[
            "value"]?.doubleValue
    }

    @Test(.enabled(if: ClientPrograms.areWanted(python), "deploy/test installs the client"))
    func whatIsSentIsSeenByWhomItConcerns() async throws {
        let studio = try await TestStudio.start()
        let guest = try await studio.json(.post, "/keys", ["name": "guest", "owner": "ann"]).document["key"]?.stringValue
        let key = try #require(guest)
        let event: JSONValue = [
            "script_name": "upload.py", "metric_type": "videos_processed", "value": 2, "run_id": "r1",
            "labels": ["channel": "news"],
        ]
        let one = try await studio.json(.post, "/api/metrics", event, key: key)
        #expect(one.status == 200)
        #expect(one.document["accepted"] == 1)
        let run: JSONValue = ["id": "r1", "script_name": "upload.py", "status": "succeeded"]
        #expect(try await studio.json(.post, "/api/runs", [run], key: key).status == 200)
        let bad = try await studio.json(.post, "/api/metrics", [event, ["script_name": "x"]], key: key)
        #expect(bad.status == 422)
        #expect(bad.document["field"] == "[1].metric_type")
        // A script of the machine, over the bus.
        let bus = try await bus(studio)
        try bus.publish(
            Subjects.metric,
            Bytes(#"{"script_name": "cron.sh", "metric_type": "videos_processed", "value": 5, "owner": "bob"}"#.utf8))
        // Another, with a client of somebody else's.
        let told = try await CommandRun.run(
            Self.python,
            [
                Self.root + "/Tests/Clients/nats_metric.py", "nats://127.0.0.1:\(studio.port + 8)",
                try secret(studio, "nats-cli.password"), "cron.py",
            ])
        try #require(told.status == 0, "\(told.errors)")
        try await eventually("the other client's are counted") {
            let (count, sum) = try await today(studio, "uploads")
            return count == 3 && sum == 12
        }
        // What the gateway tells of a call of a model.
        var call = ModelCallMetric(
            time: .now(), model: "m", provider: "p", inputTokens: 7, outputTokens: 3, cost: 0.25, seconds: 1, outcome: "answered",
            key: "key_1", user: "ann")
        (call.video, call.channel) = ("talk-7", "news")
        try bus.publish(Subjects.metric, try JSON.encode(call))
        try await eventually("the call is counted") { try await today(studio, "cost_dollars", key: key).sum == 0.25 }
        let usage = try await studio.json(.get, "/api/api-usage", key: key).document
        #expect(usage["models"]?["m"]?["input_tokens"] == 7)
        for (grouping, name) in [("video", "talk-7"), ("channel", "news")] as [(String, JSONValue)] {
            let groups = try await studio.json(.get, "/api/costs?by=\(grouping)", key: key).document["groups"]
            #expect(groups?[0]?["name"] == name && groups?[0]?["cost"] == 0.25, "\(grouping): \(groups ?? .null)")
        }
        let calls = try await studio.json(.get, "/api/costs?by=call", key: key).document["rows"]?.arrayValue ?? []
        #expect(calls.count == 1 && calls.first?["value"] == 0.25 && calls.first?["labels"]?["model"] == "m", "\(calls)")
        // One in the name of an organisation.
        (call.organisation, call.user) = ("org_films", "usr_1")
        try bus.publish(Subjects.metric, try JSON.encode(call))
        try await eventually("the organisation's is counted") {
            let groups = try await studio.json(.get, "/api/costs?by=organisation").document["groups"]?.arrayValue
            return groups?.first { $0["name"] == "org_films" }?["cost"] == 0.25
        }
        try await eventually("the message is counted") { try await today(studio, "videos_processed").sum == 7 }
        #expect(try await today(studio, "videos_processed", key: key).sum == 2)
        // A job of the audio service.
        let job = try await studio.json(.post, "/audio/bench-noop", [:], headers: ["Prefer": "wait=20"])
        #expect(job.status == 200)
        try await eventually("the job is counted") { try await today(studio, "jobs").count == 1 }

        let runs = try await studio.json(.get, "/api/runs/r1", key: key)
        #expect(runs.document["status"] == "succeeded")
        #expect(runs.document["metrics"]?.arrayValue?.count == 4)
        for path in [
            "/api/metrics/30", "/api/metrics/1?interval=minute", "/api/metrics/rows", "/api/scripts", "/api/runs",
            "/api/pipeline-status", "/api/api-usage", "/api/costs?by=channel", "/api/costs?by=call", "/api/kpis",
            "/api/kpis/videos_processed/rows", "/api/anomalies", "/api/quality",
        ] {
            let answer = try await studio.json(.get, path, key: key)
            #expect(answer.status == 200, "\(path): \(answer.document)")
            #expect(!String(decoding: answer.document.serialized(), as: UTF8.self).contains("cron.sh"), "\(path)")
            let tag = try #require(answer.headers["ETag"])
            // Nothing has happened since.
            if !["/api/metrics/today"].contains(path) {
                #expect(try await studio.json(.get, path, headers: ["If-None-Match": tag], key: key).status == 304, "\(path)")
            }
        }
        #expect(try await studio.json(.get, "/api/metrics/30?owner=bob", key: key).status == 403)
        await bus.drain()
        try await studio.stop()
    }

    /// Through nginx, which answers for itself where a key is wrong.
    @Test func pagesOfOtherOriginsAsk() async throws {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_CORS_ORIGINS": "https://panel.example"])
        func readers(_ words: [String]) async throws -> [String] {
            let head = try await CommandRun.run("curl", ["-s", "-D", "-", "-o", "/dev/null"] + words + [studio.url + "/api/kpis"])
                .output
            let name = "access-control-allow-origin: "
            return head.split(whereSeparator: \.isNewline).filter { $0.lowercased().hasPrefix(name) }
                .map { String($0.dropFirst(name.count)) }
        }
        let (panel, other, key) = ("Origin: https://panel.example", "Origin: https://b.example", "X-API-Key: \(studio.ownerKey)")
        let preflight = ["-X", "OPTIONS", "-H", "Access-Control-Request-Method: GET", "-H", panel]
        #expect(try await readers(preflight) == ["https://panel.example"])
        #expect(try await readers(["-H", panel, "-H", key]) == ["https://panel.example"])
        #expect(try await readers(["-H", other, "-H", key]) == [])
        // Why it is refused it may read.
        #expect(try await readers(["-H", panel, "-H", "X-API-Key: avs_wrong"]) == ["*"])
        try await studio.stop()
    }

    /// Each part is killed under 5,000 metrics a second; whoever sends does so again until it is told that all is kept.
    @Test(arguments: ["analytics", "alerting", "nats-server"]) func killedPartCountsExactly(_ part: String) async throws {
        let studio = try await TestStudio.start()
        try await watchLoad(studio)
        let bus = try await bus(studio)
        let (messages, size) = (200, 250)
        let (sent, start) = (Progress(), ContinuousClock.now)
        let kills = Task {
            for round in 1...3 {
                try await eventually("there is load") { sent.count > round * messages / 5 }
                kill(try studio.pid(part), SIGKILL)
                try await studio.up()
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for message in 0..<messages {
                group.addTask {
                    // One each twentieth of a second, whatever becomes of those before: what could not be taken comes on top.
                    try await Task.sleep(until: start + .milliseconds(50 * message))
                    let events = (0..<size).map { place in
                        #"{"script_name": "load-\#(place % 10)", "metric_type": "load", "value": \#(message * size + place)}"#
                    }
                    let payload = Bytes(("[" + events.joined(separator: ",") + "]").utf8)
                    while true {
                        do {
                            _ = try await bus.publishDurable(
                                Subjects.metric, payload, messageID: "load-\(message)", timeout: .seconds(2))
                            break
                        } catch {
                            try await Task.sleep(for: .milliseconds(50))
                        }
                    }
                    sent.step()
                }
            }
            try await group.waitForAll()
        }
        try await kills.value
        let count = messages * size
        try await eventually("all is counted", within: .seconds(60)) { try await today(studio, "load").count >= Int64(count) }
        let total = try await today(studio, "load")
        #expect(total.count == Int64(count))
        #expect(total.sum == Double(count * (count - 1) / 2))
        try await eventually("all is judged", within: .seconds(60)) { try await watched(studio) ?? 0 >= total.sum }
        #expect(try await watched(studio) == total.sum)
        await bus.drain()
        try await studio.stop()
    }

    /// What waits is written together, up to 500 events at a time, and not message by message.
    @Test func singleMessagesAreWrittenTogether() async throws {
        let studio = try await TestStudio.start()
        let bus = try await bus(studio)
        kill(try studio.pid("analytics"), SIGKILL)
        let count = 1200
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= 64 { try await group.next() }
                group.addTask {
                    _ = try await bus.publishDurable(
                        Subjects.metric, Bytes(#"{"script_name": "s", "metric_type": "single", "value": 1}"#.utf8),
                        messageID: "single-\(number)", timeout: .seconds(30))
                }
            }
            try await group.waitForAll()
        }
        try await studio.up()
        try await eventually("all are counted", within: .seconds(60)) { try await today(studio, "single").count == Int64(count) }
        let metrics = try await CommandRun.run("curl", ["-sf", "http://127.0.0.1:\(studio.port + 4)/metrics"]).output
        let line = metrics.split(separator: "\n").first { $0.hasPrefix("analytics_transactions_total ") }
        let transactions = try #require(line.flatMap { Double($0.split(separator: " ")[1]) })
        #expect((3...60).contains(transactions), "\(transactions)")
        // One alone waits for no other.
        _ = try await bus.publishDurable(
            Subjects.metric, Bytes(#"{"script_name": "s", "metric_type": "lone", "value": 1}"#.utf8), messageID: "lone",
            timeout: .seconds(30))
        try await eventually("the last is counted", within: .seconds(10)) { try await today(studio, "lone").count == 1 }
        await bus.drain()
        try await studio.stop()
    }

    @Test func killedServiceCountsRequestsExactly() async throws {
        let studio = try await TestStudio.start()
        try await watchLoad(studio)
        let requests = 400
        let answered = Progress()
        let kills = Task {
            for round in 1...3 {
                try await eventually("there is load") { answered.count > round * requests / 5 }
                kill(try studio.pid("analytics"), SIGKILL)
                try await studio.up()
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for request in 0..<requests {
                if request >= 8 { try await group.next() }
                group.addTask {
                    let event: JSONValue = [
                        "id": .string("e\(request)"), "script_name": "s", "metric_type": "load", "value": JSONValue(request),
                    ]
                    while true {
                        let status = (try? await studio.json(.post, "/api/metrics", event))?.status
                        if status == 200 { break }
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    answered.step()
                }
            }
            try await group.waitForAll()
        }
        try await kills.value
        let total = try await today(studio, "load")
        #expect(total.count == Int64(requests))
        #expect(total.sum == Double(requests * (requests - 1) / 2))
        // Those who judge have heard of each, and once.
        try await eventually("all is judged", within: .seconds(60)) { try await watched(studio) ?? 0 >= total.sum }
        #expect(try await watched(studio) == total.sum)
        try await studio.stop()
    }

    @Test func switchedOffNothingIsRecorded() async throws {
        let studio = try await TestStudio.start(environment: ["ENABLE_ANALYTICS": "false"])
        let (bus, ear) = (try await bus(studio), try await bus(studio, user: "analytics"))
        let heard = try await ear.subscribe(Subjects.metric, queue: nil, capacity: 16)
        let event: JSONValue = ["script_name": "s", "metric_type": "t", "value": 1]
        #expect(try await studio.json(.post, "/api/metrics", event).document["accepted"] == 0)
        let run: JSONValue = ["id": "r", "script_name": "s", "status": "failed"]
        #expect(try await studio.json(.post, "/api/runs", run).document["accepted"] == 0)
        let job = try await studio.json(.post, "/audio/bench-noop", [:], headers: ["Prefer": "wait=20"])
        #expect(job.status == 200)
        // Nobody has measured anything before this, and this is not recorded either.
        try bus.publish(Subjects.metric, try JSON.encode(MetricEvent(script: "s", type: "late", value: 1)))
        let first = try #require(try await heard.makeAsyncIterator().next())
        #expect(String(decoding: first.payload, as: UTF8.self).contains("late"))
        #expect(try await studio.json(.get, "/api/metrics/today").document["totals"] == [:])
        await bus.drain()
        await ear.drain()
        try await studio.stop()
    }
}

/// How much is done.
private final class Progress: Sendable {
    private let done = Atomic<Int>(0)

    var count: Int { done.load(ordering: .relaxed) }

    func step() { done.wrappingAdd(1, ordering: .relaxed) }
}
