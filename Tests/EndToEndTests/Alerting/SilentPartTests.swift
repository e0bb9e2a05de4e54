import FoundationEssentials
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// What is told when nothing comes: of services that do not answer, and of pipelines that no longer say that they live.
@Suite(.serialized) struct SilentPartTests {
    /// A window is longer than a probe waits for an answer, and the alert of each service is told by itself: what a busy machine
    /// may add changes nothing of it.
    private func file(_ slack: SlackServer) -> String {
        """
        version: 1
        rules:
          - {name: Seen, kind: threshold, metric: service_up, function: max, by: [service], window: 1h, at_least: 1}
          - {name: Down, kind: threshold, metric: service_up, function: max, by: [service], window: 8s, below: 1,
             annotations: {summary: "{{ $labels.service }} does not answer"}}
          - {name: Disk, kind: threshold, metric: disk_free_percent, function: max, window: 1h, at_least: 0}
        receivers:
          - name: ops
            slack: [{url: "\(slack.hook)"}]
          - {name: nobody}
        route:
          {receiver: nobody, group_by: [alertname, service], group_wait: 0s, group_interval: 1s,
           routes: [{receiver: ops, matchers: ['alertname=~"Down|HeartbeatMissed"']}]}
        """
    }

    /// What the messages that hold these words say of their alert, with since when: of each alert something else. One that had to
    /// be sent again is the same message.
    private func told(_ slack: SlackServer, _ words: String...) -> [String] {
        let messages = Set(slack.taken).filter { message in
            let text = message["text"]?.stringValue ?? ""
            return words.allSatisfy { text.contains($0) }
        }
        return messages.compactMap { $0["blocks"]?.arrayValue?.dropFirst().first?["text"]?["text"]?.stringValue }
    }

    private func firing(_ studio: TestStudio, _ name: String) async throws -> [JSONValue] {
        let list = try await studio.json(.get, "/api/alerts?state=firing").document["alerts"]?.arrayValue ?? []
        return list.filter { $0["name"]?.stringValue == name }
    }

    @Test func whoDoesNotAnswerIsTold() async throws {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_PROBE_SECONDS": "0.5"])
        let slack = try SlackServer.start()
        try Data(file(slack).utf8).write(to: URL(filePath: studio.folder + "/alerts.yaml"))
        func services(_ name: String) async throws -> [String] {
            try await firing(studio, name).compactMap { $0["labels"]?["service"]?.stringValue }.sorted()
        }
        let gone = "[FIRING:1] Down (warning): audio does not answer"

        // All that this machine runs is looked at, and the disk.
        try await eventually("each service is seen") {
            try await services("Seen") == ["analytics", "audio", "gateway", "video"]
        }
        try await eventually("the disk is seen") { try await firing(studio, "Disk").count == 1 }
        let free = try #require(try await firing(studio, "Disk").first?["value"]?.doubleValue)
        #expect((0...100).contains(free))
        try await eventually("all answer") { try await services("Down").isEmpty }

        kill(try studio.pid("audio"), SIGKILL)
        try await eventually("Slack is told who is gone", within: .seconds(60)) {
            try await services("Down").contains("audio") && !told(slack, gone).isEmpty
        }
        try await studio.up()
        try await eventually("its return is told", within: .seconds(60)) {
            let ends = told(slack, "[RESOLVED] Down", "audio does not answer").count
            return try await !services("Down").contains("audio") && ends == told(slack, gone).count
        }

        try await beats(studio) { told(slack, $0).count }
        let begun = told(slack, "[FIRING:1] Down")
        #expect(Set(begun).count == begun.count, "an alert is told twice: \(begun)")
        #expect(slack.problems == [])
        await slack.stop()
        try await studio.stop()
    }

    /// A pipeline's heartbeat by its URL: made, missed, heard again and forgotten.
    private func beats(_ studio: TestStudio, _ told: (String) -> Int) async throws {
        let path = "/api/heartbeats/nightly"
        func known() async throws -> [JSONValue] {
            try await studio.json(.get, "/api/heartbeats").document["heartbeats"]?.arrayValue ?? []
        }
        #expect(try await studio.json(.post, path).document["code"] == "heartbeat-not-found")
        let made = try await studio.json(.put, path, ["period": "10m", "grace": "1s"])
        #expect(made.status == 200 && made.document["period"] == 600 && made.document["grace"] == 1, "\(made.document)")
        // A key that may only beat makes none.
        let key = try await studio.json(.post, "/keys", ["name": "pipeline", "owner": "ann", "scopes": ["alerting:beat"]])
        let beater = try #require(key.document["key"]?.stringValue)
        #expect(try await studio.json(.put, path, ["period": 9], key: beater).status == 403)
        let beat = try await studio.json(.post, path, key: beater)
        #expect(beat.status == 200 && beat.document["name"] == "nightly" && beat.document["missing"] == false, "\(beat.document)")

        #expect(try await studio.json(.put, path, ["period": 1, "grace": "1s"]).document["period"] == 1)
        try await eventually("Slack is told that it is missed") { told("[FIRING:1] HeartbeatMissed") == 1 }
        let missed = try await known()
        #expect(missed.count == 1 && missed[0]["missing"] == true && missed[0]["last"] != .null, "\(missed)")
        #expect(try await firing(studio, "HeartbeatMissed").first?["labels"]?["heartbeat"] == "nightly")
        // Longer from now on, so that it is not missed again while this looks on.
        #expect(try await studio.json(.put, path, ["period": "10m"]).status == 200)
        #expect(try await studio.json(.post, path, key: beater).document["missing"] == false)
        try await eventually("its return is told") { told("[RESOLVED] HeartbeatMissed") == 1 }
        #expect(try await known().map { $0["missing"] } == [false])

        #expect(try await studio.send(.delete, path).status == 204)
        #expect(try await known().isEmpty)
        #expect(try await studio.json(.delete, path).document["code"] == "heartbeat-not-found")
        #expect(told("HeartbeatMissed") == 2)
    }
}
