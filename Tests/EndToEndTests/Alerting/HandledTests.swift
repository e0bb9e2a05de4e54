import FoundationEssentials
import HTTP
import Primitives
import TestSupport
import Testing

/// What has been done about alerts, and by whom, as the command line shows it.
@Suite(.serialized) struct HandledTests {
    private let file = """
        version: 1
        rules: [{name: Broken, kind: threshold, metric: broken, window: 1h, above: 2, by: [script]}]
        """

    @Test func theListTellsWhoCares() async throws {
        let studio = try await TestStudio.start()
        try Data(file.utf8).write(to: URL(filePath: studio.folder + "/alerts.yaml"))
        try await eventually("the file is read") {
            try await studio.avstudio(["alerts", "rules"]).output.contains("Broken")
        }
        for script in ["one", "two", "three"] {
            let event: JSONValue = ["script_name": .string(script), "metric_type": "broken", "value": 3]
            #expect(try await studio.json(.post, "/api/metrics", event).status == 200)
        }
        func alerts() async throws -> [JSONValue] {
            let run = try await studio.avstudio(["alerts", "list", "--json"])
            return try JSONValue(parsing: Bytes(run.output.utf8))["alerts"]?.arrayValue ?? []
        }
        try await eventually("all fire") { try await alerts().count { $0["status"] == "firing" } == 3 }
        func fingerprint(_ script: String) async throws -> String {
            try #require(try await alerts().first { $0["labels"]?["script"]?.stringValue == script }?["fingerprint"]?.stringValue)
        }
        let made = try await studio.json(
            .post, "/keys", ["name": "night-shift", "owner": "ann", "scopes": ["alerting:read", "alerting:write"]])
        let key = try #require(made.document["key"]?.stringValue)
        let one = try await fingerprint("one")
        let seen = try await studio.avstudio(["alerts", "acknowledge", one, "--note", "on it", "--key", key])
        #expect(seen.status == 0 && seen.output.contains("by night-shift"), "\(seen)")
        let other = try await studio.avstudio(["alerts", "silence", "script=twoo", "--for", "2h"])
        #expect(other.output.hasSuffix(" UTC; fits 0 of 3 alerts that fire\n"), "\(other)")
        let silence = try await studio.avstudio(
            ["alerts", "silence", "script=two", "--for", "2h", "--comment", "moved", "--key", key, "--json"])
        let id = try #require(try JSONValue(parsing: Bytes(silence.output.utf8))["id"]?.stringValue)

        let list = try await studio.avstudio(["alerts", "list"]).output.split(separator: "\n").map(String.init)
        #expect(list.count == 4, "\(list)")
        func line(_ script: String) -> String {
            list.first { $0.contains("\(script): the sum of broken in 1h is 3, above 2") } ?? ""
        }
        #expect(list.count > 1 && list[1] == line("three") && line("three").contains(" firing "), "\(list)")
        #expect(line("three").hasSuffix(" no receiver: nobody is told"))
        #expect(line("one").contains(" acknowledged ") && line("one").contains("acknowledged by night-shift at 20"), "\(list)")
        #expect(line("one").hasSuffix(": on it"))
        #expect(line("two").contains(" silenced ") && line("two").contains("\(id) by night-shift until 20"), "\(list)")
        #expect(line("two").hasSuffix(": moved"))
        let two = try await alerts().first { $0["status"] == "silenced" }
        #expect(two?["silences"]?.arrayValue?.first?["id"]?.stringValue == id)
        #expect(two?["silences"]?.arrayValue?.first?["createdBy"] == "night-shift")
        #expect(try await alerts().first { $0["status"] == "acknowledged" }?["acknowledgement"]?["by"] == "night-shift")

        let silences = try await studio.avstudio(["alerts", "silences"])
        #expect(silences.output.contains(id) && silences.output.contains("script=two"), "\(silences)")
        let rules = try await studio.avstudio(["alerts", "rules"]).output
        #expect(
            rules.contains("sum of broken above 2 in 1h") && rules.contains(" 3/3")
                && rules.contains("from \(studio.folder)/alerts.yaml"),
            "\(rules)")
        let help = try await studio.avstudio(["alerts", "--help"])
        #expect(help.status == 0 && help.output.contains("alerts unsilence  "), "\(help)")
        #expect(try await studio.avstudio(["alerts"]).status == 2)
        #expect(try await studio.avstudio(["alerts", "unsilence", id]).status == 0)
        #expect(try await alerts().count { $0["status"] == "firing" } == 2)
        #expect(try await studio.avstudio(["alerts", "unacknowledge", one]).status == 0)
        #expect(try await alerts().count { $0["status"] == "firing" } == 3)
        try await whatIsRefusedIsSentAgain(studio)
        try await studio.stop()
    }

    /// A message that its receiver does not want is put aside, where it is seen, and sent when somebody says so.
    private func whatIsRefusedIsSentAgain(_ studio: TestStudio) async throws {
        let slack = try SlackServer.start()
        let text = "\nreceivers: [{name: ops, slack: [{url: \"\(slack.hook)\"}]}]\nroute: {receiver: ops, group_wait: 1h}\n"
        try Data((file + text).utf8).write(to: URL(filePath: studio.folder + "/alerts.yaml"))
        slack.script(.status(404))
        func dead() async throws -> [JSONValue] {
            let run = try await studio.avstudio(["alerts", "deliveries", "--state", "dead", "--json"])
            #expect(run.status == 0, "\(run)")
            return try JSONValue(parsing: Bytes(run.output.utf8))["deliveries"]?.arrayValue ?? []
        }
        #expect(try await dead().isEmpty)
        try await eventually("the receiver is known") {
            try await studio.json(.get, "/api/alerts/receivers").document["receivers"]?.arrayValue?.isEmpty == false
        }
        let refused = try await studio.avstudio(["alerts", "test", "ops"])
        #expect(refused.status == 1 && refused.errors.contains("not every message was delivered"), "\(refused)")
        let letter = try #require(try await dead().first)
        let id = try #require(letter["id"]?.stringValue)
        #expect(letter["state"] == "dead" && letter["failure"]?.stringValue?.contains("404") == true, "\(letter)")
        let list = try await studio.avstudio(["alerts", "deliveries", "--state", "dead"])
        #expect(list.output.split(separator: "\n").count == 2 && list.output.contains(id), "\(list)")

        #expect(try await studio.avstudio(["alerts", "resend", "no-such"]).status == 1)
        let again = try await studio.avstudio(["alerts", "resend", id])
        #expect(again.status == 0 && again.output == "waiting\n", "\(again)")
        try await eventually("it arrives") { slack.taken.count == 1 }
        try await eventually("it is told to have arrived") {
            try await studio.avstudio(["alerts", "deliveries", "--state", "delivered"]).output.contains(id)
        }
        #expect(try await dead().isEmpty)
        #expect(slack.attempts == 2 && slack.problems == [])
        await slack.stop()
    }
}
