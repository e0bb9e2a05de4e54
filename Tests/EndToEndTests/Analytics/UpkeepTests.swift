import FoundationEssentials
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// What the service does with what it has, as it is configured: the file of the pipelines, a person's export, what is too old.
@Suite struct UpkeepTests {
    private func send(_ studio: TestStudio, _ path: String, _ events: JSONValue, key: String? = nil) async throws {
        let answer = try await studio.json(.post, path, events, key: key)
        #expect(answer.status == 200, "\(answer.document)")
    }

    /// The lines of what somebody takes along, by their kind.
    private func lines(_ studio: TestStudio, key: String) async throws -> [String: [JSONValue]] {
        let answer = try await studio.send(.get, "/api/people/me", key: key)
        #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/jsonl")
        var found: [String: [JSONValue]] = [:]
        for line in answer.body.split(separator: UInt8(ascii: "\n")) {
            for (kind, document) in try JSONValue(parsing: Bytes(line)).objectValue ?? [:] {
                found[kind, default: []].append(document)
            }
        }
        return found
    }

    @Test func theServiceKeepsWhatItShall() async throws {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_ROW_DAYS": "2"])
        var keys: [String] = []
        for owner in ["ann", "bob"] {
            let made = try await studio.json(.post, "/keys", ["name": .string(owner), "owner": .string(owner)])
            keys.append(try #require(made.document["key"]?.stringValue))
        }
        let (ann, bob) = (keys[0], keys[1])
        func event(_ value: Double, _ more: [String: JSONValue] = [:]) -> JSONValue {
            .object(["script_name": "upload.py", "metric_type": "steps", "value": .number(value)].merging(more) { $1 })
        }
        let old = Timestamp.now().advanced(by: .hours(-24 * 5)).iso8601
        try await send(studio, "/api/metrics", [event(1, ["run_id": "r1"]), event(2, ["timestamp": .string(old)])], key: ann)
        try await send(studio, "/api/runs", ["id": "r1", "script_name": "upload.py", "status": "succeeded"], key: ann)
        try await send(studio, "/api/metrics", event(100), key: bob)
        try await send(studio, "/api/runs", ["id": "r2", "script_name": "upload.py", "status": "failed"], key: bob)
        // The machine's own, one of which names her.
        try await send(studio, "/api/metrics", [event(200), event(4, ["labels": ["user": "ann"]])])

        // What a pipeline says is in the studio's folder for whoever looks there.
        let state: JSONValue = ["step": "render", "progress": 0.25, "pid": 4711, "host": "desk", "run_id": "r1"]
        #expect(try await studio.json(.put, "/api/pipelines/nightly", state, key: ann).status == 200)
        #expect(try await studio.json(.put, "/api/pipelines/other", ["step": "wait"], key: bob).status == 200)
        func pipeline(_ name: String) throws -> JSONValue? {
            let data = FileManager.default.contents(atPath: studio.folder + "/analytics/pipeline_state.json")
            let document = try JSONValue(parsing: Bytes(try #require(data)))
            return document["pipelines"]?.arrayValue?.first { $0["name"]?.stringValue == name }
        }
        try await eventually("the file has hers") { try pipeline("nightly") != nil }
        try await eventually("the file has his") { try pipeline("other") != nil }
        let kept = try #require(try pipeline("nightly"))
        for (field, value) in state.objectValue ?? [:] { #expect(kept[field] == value, "\(field)") }
        #expect(kept["status"] == "running" && kept["owner"] == "ann" && kept["started"]?.stringValue != nil, "\(kept)")

        // All that is hers and names her, and nothing else.
        func values(_ lines: [String: [JSONValue]]) -> [Double] {
            (lines["metric"] ?? []).filter { $0["metric_type"] == "steps" }.compactMap { $0["value"]?.doubleValue }
        }
        let own = try await lines(studio, key: ann)
        #expect(own.keys.sorted() == ["metric", "pipeline", "run"])
        #expect(own["pipeline"]?.map { $0["name"] } == ["nightly"] && own["run"]?.map { $0["id"] } == ["r1"], "\(own)")
        #expect(values(own) == [2, 1, 4], "the oldest first")
        #expect(own["metric"]?.contains { $0["metric_type"] == "runs" && $0["run_id"] == "r1" } == true)
        #expect(try await values(lines(studio, key: bob)) == [100])
        #expect(try await studio.send(.get, "/api/people/bob", key: ann).status == 403)

        // What is too old goes when the service comes up; its sums stay.
        kill(try studio.pid("analytics"), SIGKILL)
        try await studio.up()
        try await eventually("the old row is gone") { try await values(lines(studio, key: ann)) == [1, 4] }
        let scripts = try await studio.json(.get, "/api/scripts?days=7", key: ann).document
        let steps = scripts["scripts"]?["upload.py"]?["steps"]
        #expect(steps?["sum"] == 3 && steps?["count"] == 2, "\(scripts)")
        try await studio.stop()
    }
}
