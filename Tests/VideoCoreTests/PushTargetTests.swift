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

    /// FLV has no number for a rate of 32 kHz, and wants both times of pictures that come in another order than they are shown.
    @Test(arguments: [
        ("mp3 at 44.1 kHz", ["-c:a", "libmp3lame", "-ar", "44100"], "out.mp4", true),
        ("mp3 at 32 kHz", ["-c:a", "libmp3lame", "-ar", "32000"], "out.mp4", false),
        ("aac", ["-c:a", "aac", "-ar", "32000"], "out.mp4", true), ("avi", ["-bf", "2", "-an"], "out.avi", false),
        ("mkv", ["-bf", "2", "-an"], "out.mkv", true), ("opus", ["-c:a", "libopus"], "out.mp4", false),
    ])
    func whatFLVRefusesIsNotCopied(_: String, encoder: [String], name: String, isCopied: Bool) async throws {
        let fixture = try VideoFixture()
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=128x72:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264"] + encoder
                + [fixture.path(name)])
        #expect(try Publisher.canCopy(fixture.path(name)) == isCopied)
    }

    /// A live stream is not begun anew by itself once viewers have seen some of it.
    @Test func onlyWhatHasNotBegunIsTriedAgain() {
        #expect(PushError.brokenOff(attempts: 3, atSeconds: 0).isRetriable)
        #expect(!PushError.brokenOff(attempts: 3, atSeconds: 0.1).isRetriable)
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
