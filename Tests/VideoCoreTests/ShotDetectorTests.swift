import Primitives
import TestSupport
import Testing
import VideoCore

@Suite(.computing) struct ShotDetectorTests {
    /// Two seconds of each picture at 25 frames a second, moving and grainy, joined by filters.
    private func film(_ fixture: VideoFixture, _ name: String, _ join: String) async throws -> String {
        let sources = [
            "testsrc2=s=128x72:r=25:d=3", "mandelbrot=s=128x72:r=25:end_scale=0.3,trim=duration=3",
            "smptehdbars=s=128x72:r=25:d=3", "gradients=s=128x72:r=25:d=3:speed=0.01:c0=red:c1=yellow:seed=2",
        ]
        let inputs = sources.flatMap { ["-f", "lavfi", "-i", $0] }
        let film = fixture.path(name)
        try await fixture.ffmpeg(
            inputs + [
                "-filter_complex",
                (0..<4).map { "[\($0):v]format=yuv420p,setsar=1,settb=1/25[v\($0)];" }.joined() + join
                    + ",noise=alls=8:allf=t,format=yuv420p", "-c:v", "libx264", "-crf", "18", film,
            ])
        return film
    }

    private func document(_ files: [String: Bytes]) throws -> JSONValue {
        try JSONValue(parsing: try #require(files["film-scenes.json"]))
    }

    @Test func dissolvesAndCutsAreToldApart() async throws {
        let fixture = try VideoFixture()
        // A dissolve over frames 50 to 74, then a cut at 125.
        let film = try await film(
            fixture, "dissolve.mp4",
            "[v2][v3]xfade=transition=fade:duration=1:offset=2[a];[a][v1]concat=n=2[b];[v0]nullsink;[b]null")
        let (files, measured) = try await fixture.run("video.scenes", on: film)
        let transitions = try document(files)["transitions"]?.arrayValue ?? []
        #expect(transitions.map { $0["kind"]?.stringValue } == ["dissolve", "cut"], "\(transitions)")
        let first = transitions.first?["first_frame"]?.integerValue ?? 0
        let last = transitions.first?["last_frame"]?.integerValue ?? 0
        #expect((46...60).contains(first) && (64...80).contains(last), "\(transitions)")
        #expect(transitions.last?["first_frame"] == 125 && measured["dissolves"] == 1 && measured["scenes"] == 3)
    }

    @Test func fadesThroughBlackAreOneTransition() async throws {
        let fixture = try VideoFixture()
        let film = try await film(
            fixture, "fade.mp4",
            "[v0]fade=t=out:st=2:d=0.8[a];[v1]fade=t=in:st=0.2:d=0.8[b];[a][b]concat=n=2[c];[v2]nullsink;[v3]nullsink;[c]null")
        let (files, measured) = try await fixture.run("video.scenes", on: film)
        let transitions = try document(files)["transitions"]?.arrayValue ?? []
        #expect(transitions.map { $0["kind"]?.stringValue } == ["fade"] && measured["fades"] == 1, "\(transitions)")
        #expect((66...82).contains(transitions.first?["first_frame"]?.integerValue ?? 0), "\(transitions)")
    }

    @Test func flashesAndPansAreNoCuts() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("flash.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "mandelbrot=s=320x180:r=25:end_scale=0.3", "-vf",
            "trim=end_frame=1,loop=-1:1,setpts=N/25/TB,crop=128:72:x='2*n':y=50,"
                + "drawbox=color=white:t=fill:enable='between(n,30,31)+eq(n,60)',noise=alls=12:allf=t,format=yuv420p",
            "-frames:v", "90", "-c:v", "libx264", film,
        ])
        let (_, measured) = try await fixture.run("video.scenes", on: film)
        #expect(measured["scenes"] == 1 && measured["frames"] == 90, "\(measured)")
    }
}
