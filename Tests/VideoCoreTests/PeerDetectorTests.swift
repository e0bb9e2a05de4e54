import Primitives
import TestSupport
import Testing

@testable import VideoCore

/// The detectors that bear PySceneDetect's names find what its own find.
///
/// Recorded from PySceneDetect 0.7.2 (PyPI, scenedetect with OpenCV) on the film below, at its full size:
///
///     video, manager = open_video("hard.mkv"), SceneManager()
///     manager.auto_downscale, manager.downscale = False, 1
///     manager.add_detector(ContentDetector(min_scene_len=15))     # and the others
///     manager.detect_scenes(video)
///     [scene[0].frame_num for scene in manager.get_scene_list()][1:]
@Suite(.computing) struct PeerDetectorTests {
    /// What is larger is made smaller for analysis: to 256 pixels of the longer side, by colours that were made first.
    @Test(
        arguments: [
            ("640:360", "histogram", 5, [40, 45, 55, 131, 136, 185]), ("640:360", "histogram", 15, [40, 55, 131, 185]),
            ("640:360", "hash", 5, [40, 45, 55, 73, 104, 109, 114, 119, 124, 129, 185]),
            ("640:360", "hash", 15, [40, 55, 73, 104, 119, 185]), ("640:360", "threshold", 5, [118]),
            ("360:640", "histogram", 5, [40, 45, 55, 131, 136, 185]),
            ("360:640", "hash", 5, [40, 45, 55, 68, 73, 105, 110, 115, 120, 125, 130, 185]),
            ("360:640", "hash", 15, [40, 55, 73, 105, 120, 185]), ("360:640", "threshold", 15, [118]),
            ("360:640", "content", 5, [40, 45, 55, 104, 185]),
        ])
    func cutsOfLargeNoisyFilmsAreThoseOfThePeer(_ size: String, _ detector: String, _ length: Int, _ cuts: [Int]) async throws {
        let fixture = try VideoFixture()
        let large = fixture.path("large.mkv")
        try await fixture.ffmpeg([
            "-i", film(fixture), "-vf", "scale=\(size):flags=neighbor,noise=alls=16:all_seed=7:allf=t,format=yuv420p", "-c:v",
            "ffv1",
            large,
        ])
        #expect(try await self.cuts(detector, [:], length, on: large, fixture) == cuts)
    }

    /// Ten seconds without loss: cuts at 40, 45, 55, 105 and 185, a fade to black and one from it, and moving noise.
    private func film(_ fixture: VideoFixture) async throws -> String {
        let sources = [
            ("testsrc2=s=128x72:r=25:d=1.6", ""), ("smptehdbars=s=128x72:r=25:d=0.2", ""),
            ("mandelbrot=s=128x72:r=25:end_scale=0.2,trim=duration=0.4", ""),
            ("gradients=s=128x72:r=25:d=2:speed=0.02:c0=blue:c1=green:seed=1", ",fade=out:st=1.4:d=0.6"),
            ("color=black:s=128x72:r=25:d=1", ""), ("cellauto=s=128x72:r=25:rule=110:seed=3,trim=duration=2.2", ",fade=in:d=0.4"),
            ("testsrc2=s=128x72:r=25:d=1,negate", ""),
        ]
        let chains = sources.enumerated().map { "[\($0):v]format=yuv420p,setsar=1\($1.1)[v\($0)];" }
        let join = chains.joined() + sources.indices.map { "[v\($0)]" }.joined() + "concat=n=\(sources.count)"
        try await fixture.ffmpeg(
            sources.flatMap { ["-f", "lavfi", "-i", $0.0] } + ["-filter_complex", join, "-c:v", "ffv1", fixture.path("hard.mkv")])
        return fixture.path("hard.mkv")
    }

    @Test(
        arguments: [
            ("content", [:], [40, 45, 55, 105] + Array(137...185), [40, 45, 55, 105, 137, 185], [40, 105, 137, 185]),
            ("adaptive", [:], [40, 45, 55, 105, 185], [40, 45, 55, 105, 185], [40, 55, 105, 185]),
            ("adaptive", ["threshold": 1.5], [40, 45, 55, 105, 185], [40, 45, 55, 105, 185], [40, 55, 105, 185]),
            ("threshold", [:], [117], [117], [117]),
            (
                "histogram", [:], [40, 45, 55] + Array(91...105) + Array(131...140) + [185],
                [40, 45, 55, 91, 96, 101, 131, 136, 185], [40, 55, 91, 131, 185]
            ),
            ("hash", [:], [40, 45, 55, 73, 105, 131, 185], [40, 45, 55, 73, 105, 131, 185], [40, 55, 73, 105, 131, 185]),
        ] as [(String, [String: JSONValue], [Int], [Int], [Int])])
    func cutsAreThoseOfThePeer(
        _ detector: String, _ more: [String: JSONValue], _ every: [Int], _ fifth: [Int], _ fifteenth: [Int]
    ) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        // The shortest scene in frames, and the cuts with it.
        for (length, cuts) in [(1, every), (5, fifth), (15, fifteenth)] {
            let found = try await self.cuts(detector, more, length, on: film, fixture)
            #expect(found == cuts, "\(detector), at least \(length) frames")
        }
    }

    /// The frames that scenes begin with, but for the first.
    /// - Parameter length: frames of the shortest scene.
    private func cuts(
        _ detector: String, _ more: [String: JSONValue], _ length: Int, on film: String, _ fixture: VideoFixture
    ) async throws -> [Int] {
        let parameters: [String: JSONValue] = [
            "detector": .string(detector), "minimum_scene_s": .number(Double(length) / 25), "formats": "json",
        ]
        let (files, _) = try await fixture.run("video.scenes", .object(parameters.merging(more) { $1 }), on: film)
        let document = try JSONValue(parsing: try #require(files["film-scenes.json"]))
        return document["scenes"]?.arrayValue?.dropFirst().compactMap { $0["start_frame"]?.integerValue.map { Int($0) } } ?? []
    }
}
