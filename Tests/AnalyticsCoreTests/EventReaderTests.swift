import AnalyticsAPI
import AnalyticsCore
import Contracts
import Primitives
import Testing

/// What anybody may send, and what is said to what is not fit.
struct EventReaderTests {
    private static let now = Timestamp(milliseconds: 1_795_237_200_000)
    private static let caller = EventReader.Sender.caller(owner: "ann", mayNameOwners: false)
    private let reader = EventReader()

    private func metrics(_ text: String, from sender: EventReader.Sender = caller) -> [Result<Event, EventProblem>] {
        reader.metrics(in: Bytes(text.utf8), from: sender, now: Self.now)
    }

    @Test func anEventIsReadWholly() throws {
        let read = metrics(
            """
            {"id": "e1", "run_id": "r1", "script_name": "upl\\u006fad.py", "metric_type": "videos_processed", "value": -2.5e1,
             "timestamp": "2026-11-21T05:00:00.250Z", "labels": {"video": "v1", "channel": "news"}}
            """)
        let expected = Measurement(
            time: try #require(Timestamp(iso8601: "2026-11-21T05:00:00.250Z")), owner: "ann", script: "upload.py",
            type: "videos_processed", value: -25, run: "r1", labels: [Label("channel", "news"), Label("video", "v1")], id: "e1")
        #expect(read == [.success(.measurement(expected))])
    }

    @Test(arguments: [
        ("1795237200", 1_795_237_200_000), ("1795237200.25", 1_795_237_200_250), ("\"2026-11-21T05:00:00Z\"", 1_795_237_200_000),
        ("\"2025-12-31T23:59:59.999Z\"", 1_767_225_599_999), ("null", 1_795_237_200_000),
    ]) func timesAreReadAsTheyAreWritten(_ text: String, _ milliseconds: Int64) throws {
        guard
            case .success(.measurement(let event))? = metrics(
                #"{"script_name": "a", "metric_type": "b", "value": 1, "timestamp": \#(text)}"#
            ).first
        else { throw TestError() }
        #expect(event.time.milliseconds == milliseconds)
    }

    @Test(arguments: [
        (#"{"script_name": "a", "metric_type": "b", "value": 1, "colour": "red"}"#, "unknown-field", "colour"),
        (#"{"script_name": "a", "metric_type": "b"}"#, "missing-field", "value"),
        (#"{"metric_type": "b", "value": 1}"#, "missing-field", "script_name"),
        (#"{"script_name": "a", "metric_type": "b", "value": NaN}"#, "invalid-json", ""),
        (#"{"script_name": "a", "metric_type": "b", "value": "NaN"}"#, "wrong-type", "value"),
        (#"{"script_name": "a", "metric_type": "b", "value": 1e400}"#, "out-of-range", "value"),
        (#"{"script_name": "a", "metric_type": "b", "value": 1e13}"#, "out-of-range", "value"),
        (#"{"script_name": "", "metric_type": "b", "value": 1}"#, "invalid-name", "script_name"),
        (#"{"script_name": "a\nb", "metric_type": "b", "value": 1}"#, "invalid-name", "script_name"),
        (#"{"script_name": "a", "metric_type": "b c", "value": 1}"#, "invalid-name", "metric_type"),
        (
            #"{"script_name": "a", "metric_type": "b", "value": 1, "timestamp": "2099-01-01T00:00:00Z"}"#, "time-in-future",
            "timestamp"
        ),
        (#"{"script_name": "a", "metric_type": "b", "value": 1, "timestamp": 12}"#, "time-too-old", "timestamp"),
        (#"{"script_name": "a", "metric_type": "b", "value": 1, "timestamp": "2026-02-30T00:00:00Z"}"#, "wrong-type", "timestamp"),
        (#"{"script_name": "a", "metric_type": "b", "value": 1, "owner": "bob"}"#, "owner-not-yours", "owner"),
        (#"{"script_name": "a", "metric_type": "b", "value": 1, "labels": {"x": 1}}"#, "wrong-type", "labels"),
        (#"[{"script_name": "a", "metric_type": "b", "value": 1}, 7]"#, "wrong-type", "[1]"),
        ("7", "wrong-type", ""), ("", "invalid-json", ""), ("{", "invalid-json", ""),
    ]) func whatIsNotFitIsNamed(_ text: String, _ code: String, _ field: String) {
        guard case .failure(let problem)? = metrics(text).last else {
            Issue.record("taken: \(text)")
            return
        }
        #expect(problem.code == code)
        #expect(problem.field == field)
        #expect(!problem.message.isEmpty)
    }

    @Test func largeTextsAreNotCarriedFurther() {
        let long = String(repeating: "x", count: 1 << 20)
        for (field, text) in [
            ("script_name", #"{"script_name": "\#(long)", "metric_type": "b", "value": 1}"#),
            ("labels", #"{"script_name": "a", "metric_type": "b", "value": 1, "labels": {"l": "\#(long)"}}"#),
            ("labels", #"{"script_name": "a", "metric_type": "b", "value": 1, "labels": {"\#(long)": "l"}}"#),
            (String(long.prefix(64)), #"{"script_name": "a", "metric_type": "b", "value": 1, "\#(long)": 1}"#),
        ] {
            guard case .failure(let problem)? = metrics(text).first else {
                Issue.record("taken: \(field)")
                continue
            }
            #expect(problem.field == field)
            #expect(problem.message.utf8.count < 512)
        }
        let many =
            "[" + Array(repeating: #"{"script_name": "a", "metric_type": "b", "value": 1}"#, count: 501).joined(separator: ",")
            + "]"
        #expect(metrics(many).count == 1)
    }

    @Test func whoAdministersNamesOwners() {
        let text = #"{"script_name": "a", "metric_type": "b", "value": 1, "owner": "bob"}"#
        for sender in [EventReader.Sender.caller(owner: "root", mayNameOwners: true), .studio] {
            guard case .success(.measurement(let event))? = metrics(text, from: sender).first else {
                Issue.record("refused")
                continue
            }
            #expect(event.owner == "bob")
        }
    }

    @Test func runsAreReadAndChecked() throws {
        func run(_ text: String) -> Result<Event, EventProblem>? {
            reader.events(in: Bytes(text.utf8), from: Self.caller, now: Self.now).first
        }
        guard
            case .success(.run(let report))? = run(#"{"id": "r", "script_name": "s", "status": "failed", "timestamp": 1795237100}"#)
        else { throw TestError() }
        #expect(report.ended == Self.now)
        #expect(report.started.milliseconds == 1_795_237_100_000)
        for (text, field) in [
            (#"{"id": "r", "script_name": "s", "status": "asleep"}"#, "status"),
            (#"{"id": "r", "status": "running"}"#, "script_name"),
            (#"{"id": "r", "script_name": "s", "status": "failed", "timestamp": 1795237100, "ended": 1795237000}"#, "ended"),
        ] {
            guard case .failure(let problem)? = run(text) else { throw TestError() }
            #expect(problem.field == field)
        }
    }
}

struct TestError: Error {}
