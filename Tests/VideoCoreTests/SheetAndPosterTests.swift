import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

@Suite(.computing) struct SheetAndPosterTests {
    private func size(_ bytes: Bytes?, _ fixture: VideoFixture) async throws -> String {
        let path = fixture.path("picture-\(UUID().uuidString)")
        try Data(bytes ?? []).write(to: URL(fileURLWithPath: path))
        let run = try await CommandRun.run(
            "ffprobe", ["-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", path])
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func theSheetShowsEveryPart() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4", ["-c:v", "libx264", "-g", "10"])
        let (files, measured) = try await fixture.run(
            "video.sheet", ["columns": 3, "rows": 2, "width": 400, "gap": 5, "format": "png"], on: film)
        #expect(measured["pictures"] == 6 && measured["width"] == 400, "\(measured)")
        let times = measured["times_seconds"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        for (part, time) in times.enumerated() { #expect(abs(time - (Double(part) + 0.5) * 8 / 6) <= 0.75, "\(times)") }
        // Pictures of 126 by 71 pixels: two rows of them and three gaps.
        #expect(try await size(files["film-sheet.png"], fixture) == "png,400,157")
    }

    @Test func oneFrameFillsASheet() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("one.mkv")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=0.04", "-c:v", "libx264", film])
        let (files, measured) = try await fixture.run("video.sheet", on: film)
        #expect(measured["pictures"] == 1 && files.count == 1, "\(measured)")
    }

    /// A film of black, blurred, white and sharp parts: only the sharp ones are posters.
    @Test func postersAreSharpAndBright() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("mixed.mp4")
        let sources = [
            "color=black:s=320x180:r=25:d=2", "mandelbrot=s=320x180:r=25:end_scale=0.3,trim=duration=2,gblur=sigma=9",
            "mandelbrot=s=320x180:r=25:end_scale=0.3,trim=duration=2", "color=white:s=320x180:r=25:d=2",
            "testsrc2=s=320x180:r=25:d=2", "color=gray:s=320x180:r=25:d=2",
        ]
        let inputs = sources.flatMap { ["-f", "lavfi", "-i", $0] }
        let join =
            (0..<6).map { "[\($0):v]format=yuv420p,setsar=1[v\($0)];" }.joined() + (0..<6).map { "[v\($0)]" }.joined()
            + "concat=n=6"
        try await fixture.ffmpeg(inputs + ["-filter_complex", join, "-c:v", "libx264", "-g", "25", film])
        let (files, measured) = try await fixture.run("video.poster", ["count": 2], on: film)
        let times = measured["pictures"]?.arrayValue?.compactMap { $0["time_seconds"]?.doubleValue } ?? []
        #expect(files.count == 2 && times.count == 2, "\(measured)")
        #expect(times.allSatisfy { (4.0..<6).contains($0) || (8.0..<10).contains($0) }, "\(measured)")
        #expect(try await size(files["film-poster-1.jpg"], fixture) == "mjpeg,320,180")
    }
}
