import AlertingCore
import Primitives
import TestSupport
import Testing

/// What people see first: titles in Slack, subjects of mails.
struct TitleTests {
    private func alert(_ labels: LabelSet, _ summary: String?, isOver: Bool = false, after seconds: Int = 0) -> Alert {
        var alert = Alert(
            labels: labels.merging(["alertname": "ErrorsPile", "severity": "warning"]) { own, _ in own },
            annotations: summary.map { ["summary": $0] } ?? [:], state: isOver ? .resolved : .firing, source: .rule, value: 12,
            time: HandClock.start.advanced(by: .seconds(seconds)))
        if isOver { alert.ended = alert.started.advanced(by: .seconds(724.4)) }
        return alert
    }

    private func title(_ alerts: [Alert], group: LabelSet = ["alertname": "ErrorsPile"]) -> String {
        Notification(receiver: "ops", groupKey: "g", groupLabels: group, alerts: alerts, time: HandClock.start, url: nil).title
    }

    @Test func oneAlertIsNamedWithItsScriptAndValue() {
        let labels = ["script": "upload-1"]
        #expect(
            title([alert(labels, "upload-1: 12 errors in 5 minutes")])
                == "[FIRING:1] ErrorsPile (warning): upload-1: 12 errors in 5 minutes")
        // What the sentence does not say is added: upload-12 is another script.
        #expect(title([alert(labels, "12 errors")]) == "[FIRING:1] ErrorsPile (warning upload-1): 12 errors")
        #expect(title([alert(labels, "not upload-12")]) == "[FIRING:1] ErrorsPile (warning upload-1): not upload-12")
        #expect(title([alert(labels, nil)]) == "[FIRING:1] ErrorsPile (warning upload-1)")
        // What is over reads as over.
        #expect(
            title([alert(labels, "12\r\nerrors", isOver: true)])
                == "[RESOLVED] ErrorsPile (warning upload-1) after 12m4s. It was: 12 errors")
        #expect(title([alert(labels, nil, isOver: true)]) == "[RESOLVED] ErrorsPile (warning upload-1) after 12m4s")
    }

    @Test func severalAreNamedByWhatTheyShareAndWhatNot() {
        let scripts = (1...5).map { alert(["script": "upload-\($0)", "host": "a"], "x", after: $0) }
        #expect(
            title(scripts.reversed()) == "[FIRING:5] ErrorsPile (warning a): upload-1, upload-2, upload-3 and 2 more")
        #expect(
            title([scripts[0], alert(["script": "upload-9"], "x", isOver: true)])
                == "[FIRING:1] ErrorsPile (warning): upload-1 a; 1 ended")
        let others = [alert(["script": "s"], "x"), alert(["alertname": "JobsFail", "severity": "critical", "script": "s"], "x")]
        #expect(title(others, group: ["script": "s"]) == "[FIRING:2] s: JobsFail, ErrorsPile")
        #expect(title([alert([:], nil), alert([:], nil)]) == "[FIRING:2] ErrorsPile (warning)")
    }

    @Test func aTitleIsShort() {
        let long = String(repeating: "x", count: 250)
        let alerts = (0..<30).map { alert(["script": "\($0)" + long, "host": long, "a": long], long) }
        #expect((1...240).contains(title(alerts).utf16.count))
        #expect((1...240).contains(title([alerts[0]]).utf16.count))
    }

    /// Slack shows its `text` in notifications; names of people's making call nobody there.
    @Test func slacksTextSaysWhichAndHowMuch() async throws {
        let slack = try SlackServer.start()
        let road = try await Road(
            """
            version: 1
            receivers: [{name: ops, slack: [{url: "\(slack.hook)"}]}]
            route: {receiver: ops, group_by: [alertname], group_wait: 0s}
            """)
        try await road.center.post(
            ["a", "<!channel>", "c", "d"].map { script in
                PostedAlert(
                    labels: ["alertname": "ErrorsPile", "script": script], annotations: ["summary": "12 errors of \(script)"],
                    starts: nil, ends: .now().advanced(by: .hours(1)), generatorURL: nil)
            })
        await road.center.round()
        #expect(try await road.ended(1).map(\.state) == [.delivered])
        let text = try #require(slack.taken.first?["text"]?.stringValue)
        #expect(text.hasPrefix("[FIRING:4] ErrorsPile: ") && text.hasSuffix("\nand 1 more"), "\(text)")
        #expect(text.split(separator: "\n").count == 5 && !text.contains("<"), "\(text)")
        #expect(text.contains("\n• 12 errors of "), "\(text)")
        #expect(slack.problems == [])
        await road.end()
        await slack.stop()
    }
}
