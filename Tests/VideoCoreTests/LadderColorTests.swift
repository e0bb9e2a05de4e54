import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// What the sizes of a stream say of their colours.
@Suite(.computing) struct LadderColorTests {
    private func ladder(
        _ film: String, _ more: [String: JSONValue], _ fixture: VideoFixture
    ) async throws -> (master: String, rungs: [[String: String]]) {
        let wishes: [String: JSONValue] = ["streaming": "hls", "packing": "files", "speed": "ultrafast", "audio": "none"]
        let (paths, _) = try await fixture.encode("video.transcode", .object(wishes.merging(more) { $1 }), on: [film])
        var rungs: [[String: String]] = []
        for path in paths where path.contains(/\/video-[0-9]+\.m3u8$/) { rungs.append(try await fixture.probe(path)) }
        return (try String(contentsOfFile: try #require(paths.first { $0.hasSuffix("master.m3u8") }), encoding: .utf8), rungs)
    }

    /// A film that says nothing of its colours is taken for high-definition television by its rows; its small sizes would not be.
    @Test func coloursStayWhenTheSizeChanges() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=0.2", "-pix_fmt", "yuv420p", "-preset", "ultrafast", film,
        ])
        try #require(try await fixture.probe(film)["color_space"] == "unknown")
        let (master, rungs) = try await ladder(film, ["ladder": "720,180"], fixture)
        #expect(rungs.map { $0["color_space"] } == ["bt709", "bt709"], "\(rungs)")
        #expect(!master.contains("VIDEO-RANGE"), "\(master)")
    }

    @Test(arguments: [("smpte2084", "PQ"), ("arib-std-b67", "HLG")])
    func brightColoursAreNamed(_ transfer: String, _ range: String) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mkv")
        let colors = "log-level=none:colorprim=bt2020:transfer=\(transfer):colormatrix=bt2020nc"
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=0.4", "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset",
            "ultrafast", "-x265-params", colors, film,
        ])
        let (master, rungs) = try await ladder(film, ["codec": "h265", "ladder": "90,64"], fixture)
        #expect(master.components(separatedBy: ",VIDEO-RANGE=\(range)\n").count == 3, "\(master)")
        #expect(rungs.map { $0["color_transfer"] } == [transfer, transfer], "\(rungs)")
        // Brought down to usual screens there is nothing to name.
        let (plain, shown) = try await ladder(film, ["ladder": "90"], fixture)
        #expect(!plain.contains("VIDEO-RANGE") && shown.map { $0["color_transfer"] } == ["bt709"], "\(plain)")
    }
}
