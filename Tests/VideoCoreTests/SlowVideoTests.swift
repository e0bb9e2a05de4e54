import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore

/// Pictures that stand for seconds, out of order in a container that leaves out when the first are decoded.
@Suite(.computing) struct SlowVideoTests {
    /// - Parameters:
    ///   - rate: frames a second.
    ///   - filter: what becomes of them.
    private func film(_ fixture: VideoFixture, _ rate: String, seconds: Int, _ filter: String, _ encoder: [String]) async throws
        -> String
    {
        let film = fixture.path("film.mkv")
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=\(rate):d=\(seconds)", "-vf", filter, "-fps_mode", "passthrough"] + encoder
                + [film])
        return film
    }

    private static let encoders = [
        ["-c:v", "libx264", "-bf", "3", "-x264-params", "b-adapt=0:scenecut=0"],
        ["-c:v", "libx265", "-x265-params", "log-level=none:bframes=8:b-pyramid=1:b-adapt=0"],
    ]

    @Test(arguments: [("1/6", 120), ("1/2", 120), ("1", 120), ("2", 60)], encoders)
    func theirTimesAreTheirOwn(_ video: (rate: String, seconds: Int), _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture, video.rate, seconds: video.seconds, "null", encoder)
        let times = try await fixture.times(film)
        let index = try FrameIndex(path: film)
        #expect(index.clockJumps == 0 && index.count == times.count)
        #expect(abs(index.lastTime - (try #require(times.last))) < 0.002, "\(index)")
    }

    /// A picture that stands for four seconds and moves then: key frames are sought and copied from.
    @Test func aStillAtTheBeginningIsNoJump() async throws {
        let fixture = try VideoFixture()
        let film = try await film(
            fixture, "25", seconds: 20, "select='eq(n,0)+gt(t,4)'",
            ["-c:v", "libx264", "-bf", "3", "-g", "50", "-sc_threshold", "0"])
        let (_, cut) = try await fixture.encode("video.split", ["at": "times", "times": "10"], on: [film])
        #expect(abs((cut["duration_seconds"]?.doubleValue ?? 0) - 20) < 0.03 && cut["frames"] == 400, "\(cut)")
        let encoded = try #require(cut["pieces"]?[1]?["encoded_frames"]?.integerValue)
        #expect(encoded < 60, "\(cut)")
    }
}
