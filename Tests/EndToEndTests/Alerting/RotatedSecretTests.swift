import FoundationEssentials
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// Secrets that are changed, and files that are refused, as people meet them at the command line.
@Suite(.serialized) struct RotatedSecretTests {
    private func put(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    private let file = """
        version: 1
        rules: [{name: Broken, kind: threshold, metric: broken, window: 10m, above: 2}]
        receivers:
          - name: ops
            slack:
              - url_file: slack-url
        route: {receiver: ops}
        """

    @Test func aRotatedWebhookGoesToItsNewAddress() async throws {
        let studio = try await TestStudio.start()
        let (old, new) = (try SlackServer.start(), try SlackServer.start())
        let secret = studio.folder + "/slack-url"
        func rules() async throws -> (status: Int32, text: String) {
            let run = try await studio.avstudio(["alerts", "rules"])
            return (run.status, run.output + run.errors)
        }
        // Refused, because the secret is missing: one error, and the rules that were there stay.
        try put(file, studio.folder + "/alerts.yaml")
        let refused = try await rules()
        #expect(refused.status == 1 && refused.text.contains("ErrorsPile"), "\(refused)")
        #expect(refused.text.contains("alerts.yaml:6: the file \(secret) can not be read: No such file"), "\(refused)")
        #expect(!refused.text.contains("slack needs"), "\(refused)")
        let json = try await studio.avstudio(["alerts", "rules", "--json"])
        #expect(json.status == 1 && json.output.contains("\"is_current\": false"), "\(json)")
        // It comes, without a change of the alert file.
        try put(old.hook + "\n", secret)
        try await eventually("the file is in use") { try await rules().status == 0 }
        #expect(try await rules().text.contains("Broken"))
        #expect(try await studio.avstudio(["alerts", "test"]).status == 0)
        #expect(old.taken.count == 1)
        // A test right after the change goes to the new address alone.
        try put(new.hook + "\n", secret)
        #expect(try await studio.avstudio(["alerts", "test"]).status == 0)
        #expect(old.taken.count == 1 && new.taken.count == 1)
        // It goes: what was read before stays in use, and a test does not hide that.
        try FileManager.default.removeItem(atPath: secret)
        let test = try await studio.avstudio(["alerts", "test"])
        #expect(test.status == 1 && test.errors.contains("alerts.yaml:6: the file \(secret)"), "\(test)")
        #expect(new.taken.count == 2)
        // Also for the next process: what fires waits for the secret, and is told when it is there again.
        kill(try studio.pid("alerting"), SIGKILL)
        try await studio.up()
        #expect(try await rules().text.contains("Broken"))
        let event: JSONValue = ["script_name": "upload", "metric_type": "broken", "value": 3]
        #expect(try await studio.json(.post, "/api/metrics", event).status == 200)
        try await eventually("it waits") {
            let page = try await studio.json(.get, "/api/alerts/deliveries?state=waiting").document["deliveries"]?.arrayValue
            return page?.first?["failure"]?.stringValue?.contains(secret) == true
        }
        try put(new.hook + "\n", secret)
        try await eventually("it is told", within: .seconds(60)) { new.taken.count == 3 }
        #expect(try await rules().status == 0)
        await old.stop()
        await new.stop()
        try await studio.stop()
    }
}
