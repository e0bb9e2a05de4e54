import AlertingCore
import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// What alerts say of themselves.
struct SummaryTests {
    private static let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy/config/alerts.yaml").path

    private func shipped() throws -> AlertFile {
        try AlertFile(Bytes(try #require(FileManager.default.contents(atPath: Self.shipped))))
    }

    private func filled(_ rule: AlertRule, _ value: Double, _ labels: LabelSet) -> String {
        rule.annotations["summary"]?.filled(value: value, threshold: rule.definition.kind.bound?.limit, labels: labels) ?? ""
    }

    /// With the labels that the studio gives and without any: nothing is left out that leaves a hole.
    @Test func theShippedRulesReadWell() throws {
        let labels = ["script": "upload-1", "provider": "acme", "budget": "daily", "subject": "ann", "service": "audio"]
        for rule in try shipped().rules {
            for given in [labels, [:]] {
                let text = filled(rule, 0.34567, given)
                #expect(!text.isEmpty && text.firstMatch(of: /\(\)|  |^ | $| [,.:]|\{|\$/) == nil, "\(rule.name): \(text)")
            }
            for label in rule.definition.by {
                #expect(filled(rule, 1, labels).contains(labels[label] ?? "?"), "\(rule.name) names its \(label)")
            }
        }
    }

    /// Errors of several types are errors of one script.
    @Test func errorsPileUpByScript() async throws {
        let text = String(decoding: try #require(FileManager.default.contents(atPath: Self.shipped)), as: UTF8.self)
        let scene = try await Scene(text)
        for number in 0..<12 { await scene.send("errors", 1, ["error_type": number < 6 ? "Timeout" : "Refused"]) }
        await scene.rounds(1)
        let alerts = await scene.center.statuses([.firing]).map(\.alert).filter { $0.name == "ErrorsPile" }
        #expect(alerts.map { $0.annotations["summary"] } == ["s.py: 12 errors in 5 minutes"])
        await scene.end()
    }

    /// The comment of the shipped file is what people take over: it is right, and tells each script by itself.
    @Test func theShippedRoutesTellEachScript() throws {
        let text = String(decoding: try #require(FileManager.default.contents(atPath: Self.shipped)), as: UTF8.self)
        let start = try #require(text.firstRange(of: "# smtp:")).lowerBound
        let end = try #require(text.firstRange(of: "\n\n# What need not")).lowerBound
        let lines = text[start..<end].split(separator: "\n").map { $0.dropFirst(2) }.joined(separator: "\n")
        let folder = try TemporaryFolder("shipped")
        defer { folder.remove() }
        for (name, secret) in [
            ("smtp-password", "x"), ("slack-url", "https://hooks.slack.com/x"),
            ("webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ] { try Data(secret.utf8).write(to: URL(filePath: folder.appending(name))) }
        let file = try AlertFile(Bytes("version: 1\n\(lines)\n".utf8), folder: folder.path)
        #expect(file.route.groupBy == ["alertname", "script"])
        #expect(file.receivers.first?.channels.count == 3)
    }

    @Test(arguments: [
        (
            "kind: threshold, metric: errors, by: [script], window: 10m, above: 10", 12.0,
            "a: the sum of errors in 10m is 12, above 10"
        ),
        (
            "kind: threshold, metric: seconds, function: p95, window: 1h30m, at_least: 2.5", 3.14159,
            "the p95 of seconds in 1h30m is 3.1416, at least 2.5"
        ),
        ("kind: absence, metric: jobs, by: [script, error_type], window: 7d", 9, "a: no jobs for 7d"),
        (
            "kind: change, metric: bytes, window: 1h, below: -50", -66.66667,
            "the sum of bytes in 1h changed by -66.67 per cent, below -50"
        ),
        (
            "kind: ratio, errors: {metric: lost}, all: {metric: sent}, window: 5m, above: 0.2", 0.35,
            "lost is 35% of sent in 5m, above 20%"
        ),
    ])
    func aRuleWithoutWordsHasSome(_ rule: String, _ value: Double, _ text: String) throws {
        let file = try AlertFile(Bytes("version: 1\nrules:\n  - {name: A, \(rule)}\n".utf8))
        #expect(filled(file.rules[0], value, ["script": "a"]) == text)
    }

    /// What the page says of a rule: which metric, made into what, held against what.
    @Test func aRuleTellsWhatItMeasures() async throws {
        let scene = try await Scene(
            ruleFile(
                """
                  - {name: Slow, kind: threshold, metric: seconds, where: ['host="a"'], function: p95, window: 15m, above: 120, for: 5m}
                  - {name: Lost, kind: ratio, errors: {metric: lost}, all: {metric: sent, where: ['kind!=test']}, minimum: 5,
                     window: 5m, above: 0.2, by: [script]}
                  - {name: Jump, kind: change, metric: bytes, window: 6h, above: 300}
                  - {name: None, kind: absence, metric: jobs, window: 7d}
                  - {name: Dear, kind: cost, window: 24h, above: 50}
                """))
        let rules = await scene.center.ruleDocuments
        func shown(_ place: Int) -> [JSONValue?] {
            ["metric", "where", "function", "all", "minimum", "comparison", "limit", "window", "for", "by"].map { rules[place][$0] }
        }
        #expect(shown(0) == ["seconds", ["host=\"a\""], "p95", .null, .null, "above", .number(120), "15m", "5m", []])
        #expect(
            shown(1) == [
                "lost", [], .null, ["metric": "sent", "where": ["kind!=\"test\""]], .number(5), "above", 0.2, "5m", "0s",
                ["script"],
            ])
        #expect(shown(2) == ["bytes", [], "sum", .null, .null, "above", .number(300), "6h", "0s", []])
        #expect(shown(3) == ["jobs", [], .null, .null, .null, .null, .null, "7d", "0s", []])
        #expect(shown(4) == ["cost_dollars", [], "sum", .null, .null, "above", .number(50), "1d", "0s", []])
        await scene.end()
    }

    @Test(arguments: [
        ("{{ $value | humanizePercentage }} of {{or $labels.script \"all } of it\"}}", "34.57% of all } of it"),
        ("{{$value|humanizeDuration}}", "0s"), ("{{ $labels.script }}|{{ $threshold }}", "|2"),
        ("{{ $threshold | humanizeDuration }}", "2s"),
    ])
    func templatesAreFilled(_ text: String, _ filled: String) throws {
        #expect(try Template(text).filled(value: 0.34567, threshold: 2, labels: [:]) == filled)
    }
}
