import Contracts
import Jobs
import Primitives
import Testing

@testable import VideoCore

/// Where streams go.
@Suite struct PushTargetTests {
    @Test(arguments: [
        ("rtmp://live.example/app", "live.example", 1935, "app", "rtmp://live.example:1935/app"),
        ("RTMP://10.0.0.1:1936/live/backup/", "10.0.0.1", 1936, "live/backup", "rtmp://10.0.0.1:1936/live/backup"),
        ("rtmp://[2001:db8::1]/live", "2001:db8::1", 1935, "live", "rtmp://[2001:db8::1]:1935/live"),
    ])
    func readsAddresses(text: String, host: String, port: Int, application: String, url: String) throws {
        let target = try PushTarget(text)
        #expect(target.peer == PeerAddress(host: host, port: port) && target.application == application && target.url == url)
    }

    @Test(arguments: [
        "", "live", "http://live.example/app", "rtmps://live.example/app", "rtmp:///app", "rtmp://live.example",
        "rtmp://live.example/",
        "rtmp://ann:geheim@live.example/app", "rtmp://live.example/app?key=geheim", "rtmp://live.example:99999/geheim",
        "rtmp://live.example/ge heim",
    ])
    func refusesOthersWithoutRepeatingThem(text: String) {
        let error = #expect(throws: PushError.self) { _ = try PushTarget(text) }
        #expect(error?.code == "push-target" && error?.message.contains("geheim") == false)
    }

    @Test func theOperationIsRefusedBeforeItRuns() throws {
        let operation = try #require(VideoOperations.catalogue["video.push"])
        let parameters = try operation.canonicalParameters(["target": "http://a.example/live", "stream_key": "geheim"])
        let problem = #expect(throws: JobProblem.self) { try operation.check(parameters, resources: [:]) }
        #expect(problem?.code == "push-target")
        #expect(throws: SchemaError.self) { _ = try operation.canonicalParameters(["target": "rtmp://a.example/live"]) }
        let shown = String(decoding: operation.redacted(parameters).serialized(), as: UTF8.self)
        #expect(!shown.contains("geheim"))
    }
}
