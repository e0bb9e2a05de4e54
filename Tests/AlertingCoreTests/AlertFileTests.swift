import AlertingCore
import FoundationEssentials
import Primitives
import TestSupport
import Testing
import YAML

/// Files of rules: what is right is read, and what is wrong is told with its line.
struct AlertFileTests {
    private static let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy/config/alerts.yaml").path

    @Test func theShippedFileIsRight() throws {
        let text = try #require(FileManager.default.contents(atPath: Self.shipped))
        let file = try AlertFile(Bytes(text))
        #expect(file.rules.count == 10)
        #expect(Set(file.rules.map(\.definition.kind.name)) == ["threshold", "absence", "change", "ratio"])
    }

    @Test(arguments: [
        ("version: 1\nrules:\n  - name: A\n    kind: thresold\n    window: 5m", 4, "kind must be one of"),
        (
            "version: 1\nrules:\n  - name: A\n    kind: threshold\n    metric: m\n    window: soon\n    above: 1", 6,
            "window must be"
        ),
        ("version: 1\nrules:\n  - name: A\n    kind: threshold\n    metric: m\n    window: 5m", 3, "needs one of: above"),
        (
            "version: 1\nrules:\n  - {name: A, kind: absence, metric: m, window: 5m}\n  - {name: A, kind: absence, metric: m, window: 5m}",
            4, "given already on line 3"
        ),
        (
            "version: 1\nrules:\n  - name: A\n    kind: absence\n    metric: m\n    window: 5m\n    annotations: {summary: \"{{ $valu }}\"}",
            7, "there is no $valu"
        ),
        (
            "version: 1\nrules:\n  - name: A\n    kind: absence\n    metric: m\n    window: 5m\n    annotations: {summary: \"{{ $value | humanise }}\"}",
            7, "there is no $value|humanise"
        ),
        ("version: 1\nrules:\n  - name: A\n    kind: absence\n    metrik: m\n    window: 5m", 5, "did you mean metric?"),
        (
            "version: 1\nrules:\n  - name: A\n    kind: absence\n    metric: m\n    window: 5m\n    where: ['a=~\"(\"']", 7,
            "no POSIX extended regular expression"
        ),
        ("version: 1\nreceivers:\n  - name: ops\n    slack:\n      - url: ftp://x", 5, "must begin with https://"),
        ("version: 1\nreceivers:\n  - name: ops\n    email:\n      - to: [a@b.org]", 5, "email needs smtp"),
        ("version: 1\nreceivers:\n  - slack: []\n    name: a>b", 4, "can not have >"),
        ("version: 1\nreceivers: [{name: ops}]\nroute:\n  receiver: opps", 4, "did you mean ops?"),
        ("version: 1\nreceivers: [{name: ops}]\nroute:\n  receiver: ops\n  group_wait: -1s", 5, "group_wait must be"),
        ("version: 1\nrules: [\n", 3, ""),
        (
            "version: 1\nreceivers: [{name: ops}]\nroute: {receiver: ops}\nreports:\n  - {name: r, every: week, on: funday, receiver: ops}",
            5, "on must be one of"
        ),
        (
            "version: 1\nreceivers: [{name: ops}]\nroute: {receiver: ops}\nreports:\n  - name: r\n    every: day\n    receiver: ops",
            7, "the receiver ops has no email"
        ),
    ])
    func anErrorHasItsLine(_ text: String, _ line: Int, _ words: String) throws {
        let error = #expect(throws: AlertFileError.self) { try AlertFile(Bytes(text.utf8)) }
        let problem = try #require(error?.problems.first { words.isEmpty || $0.text.contains(words) }, "\(error?.message ?? "")")
        #expect(problem.position.line == line)
    }

    @Test func aFileWithAnErrorChangesNothing() throws {
        let folder = try TemporaryFolder("alert-file")
        defer { folder.remove() }
        let (path, copy) = (folder.appending("alerts.yaml"), folder.appending("last.yaml"))
        let good = "version: 1\nrules:\n  - {name: A, kind: absence, metric: m, window: 5m}\n"
        try Data(good.utf8).write(to: URL(filePath: path))
        let files = AlertFiles(path, copy: copy)
        #expect(files.current.rules.map(\.name) == ["A"])
        #expect(files.problem == nil)
        try Data((good + "  - {name: B, kind: absence, metric: m}\n").utf8).write(to: URL(filePath: path))
        files.reloadIfChanged()
        #expect(files.current.rules.map(\.name) == ["A"])
        #expect(files.problem?.problems.first?.position.line == 4)
        #expect(files.generation == 1)
        // The next process begins with what was right last.
        #expect(AlertFiles(path, copy: copy).current.rules.map(\.name) == ["A"])
        try Data(good.replacing("A", with: "B").utf8).write(to: URL(filePath: path))
        files.reload()
        #expect(files.current.rules.map(\.name) == ["B"])
        #expect(files.problem == nil)
    }

    @Test func durationsAreReadAndWritten() {
        for (text, seconds) in [("30s", 30.0), ("5m", 300), ("1h30m", 5400), ("7d", 604_800), ("500ms", 0.5), ("0", 0)] {
            #expect(TimeSpan.parse(text)?.seconds == seconds)
        }
        for text in ["", "5", "m", "5y", "-5m", "1e3s", "999999999999d"] { #expect(TimeSpan.parse(text) == nil, "\(text)") }
        #expect(TimeSpan.text(.seconds(5400)) == "1h30m")
    }

    @Test func matchersFitAsAlertmanagersDo() throws {
        let labels = ["severity": "critical", "script": "audio.normalize"]
        for text in [
            "severity=\"critical\"", "severity=critical", "script=~\"audio.*\"", "script!~\"video.*\"", "team!=\"x\"", "team=\"\"",
        ] { #expect(try LabelMatcher(text).fits(labels), "\(text)") }
        for text in ["severity!=critical", "script=~\"normalize\"", "team=~\".+\""] {
            #expect(try !LabelMatcher(text).fits(labels), "\(text)")
        }
        for text in ["severity", "=x", "a=~\"x{9}\"", "a=~\"(a)\\1\"", "a=~\"[\""] {
            #expect(throws: MatcherError.self, "\(text)") { try LabelMatcher(text) }
        }
        #expect(try LabelMatcher("a=~\"b|c\"").description == "a=~\"b|c\"")
    }

    @Test func reportsAreDueInTheirRhythm() {
        let saturday = Timestamp(iso8601: "2026-11-21T05:00:00Z") ?? .now()
        func due(_ rhythm: ReportSchedule.Rhythm) -> String {
            ReportSchedule(name: "r", rhythm: rhythm, minute: 390, days: 7, receiver: "ops").lastDue(at: saturday).iso8601
        }
        #expect(due(.daily) == "2026-11-20T06:30:00.000Z")
        #expect(due(.weekly(day: 1)) == "2026-11-16T06:30:00.000Z")
        #expect(due(.weekly(day: 6)) == "2026-11-14T06:30:00.000Z")
        #expect(due(.monthly(day: 1)) == "2026-11-01T06:30:00.000Z")
        #expect(due(.monthly(day: 28)) == "2026-10-28T06:30:00.000Z")
    }

    @Test(arguments: [
        (ReportSchedule.Rhythm.daily, Int?.none, "2026-11-20", "2026-11-21"), (.daily, 3, "2026-11-18", "2026-11-21"),
        (.weekly(day: 1), nil, "2026-11-09", "2026-11-16"), (.weekly(day: 1), 2, "2026-11-14", "2026-11-16"),
        (.monthly(day: 1), nil, "2026-10-01", "2026-11-01"), (.monthly(day: 15), nil, "2026-10-15", "2026-11-15"),
    ])
    func aReportIsOnTheLastFullPeriod(_ rhythm: ReportSchedule.Rhythm, _ days: Int?, _ from: String, _ until: String) throws {
        let now = try #require(Timestamp(iso8601: "2026-11-21T07:00:00Z"))
        let schedule = ReportSchedule(name: "r", rhythm: rhythm, minute: 390, days: days, receiver: "ops")
        let period = schedule.period(dueAt: schedule.lastDue(at: now))
        #expect(period.lowerBound.iso8601 == from + "T00:00:00.000Z")
        #expect(period.upperBound.iso8601 == until + "T00:00:00.000Z")
    }
}
