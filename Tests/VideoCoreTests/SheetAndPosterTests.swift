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

    /// Six parts of one colour each stand in their order, with the background around them.
    @Test func theSheetHasEachPartInItsPlace() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("colours.mp4")
        let colours = [(224, 32, 32), (32, 192, 32), (32, 32, 224), (208, 208, 32), (32, 208, 208), (208, 32, 208)]
        let inputs = colours.flatMap { colour in
            ["-f", "lavfi", "-i", String(format: "color=#%02x%02x%02x:s=320x180:r=25:d=1", colour.0, colour.1, colour.2)]
        }
        let join = (0..<6).map { "[\($0):v]" }.joined() + "concat=n=6,format=yuv420p"
        try await fixture.ffmpeg(inputs + ["-filter_complex", join, "-c:v", "libx264", "-g", "25", film])
        let (files, _) = try await fixture.run(
            "video.sheet", ["columns": 3, "rows": 2, "width": 650, "gap": 5, "format": "png"], on: film)
        let sheet = try fixture.write(try #require(files["film-sheet.png"]), "sheet.png")
        // Pictures of 210 by 118 pixels.
        let values = try await fixture.pixels(sheet, "650:251")
        try #require(values.count == 650 * 251 * 3)
        func pixel(_ column: Int, _ row: Int) -> [Int] { Array(values[(row * 650 + column) * 3..<(row * 650 + column) * 3 + 3]) }
        for (part, colour) in colours.enumerated() {
            let seen = pixel(5 + part % 3 * 215 + 105, 5 + part / 3 * 123 + 50)
            #expect(zip(seen, [colour.0, colour.1, colour.2]).allSatisfy { abs($0 - $1) < 16 }, "part \(part): \(seen)")
        }
        #expect([pixel(2, 2), pixel(217, 60), pixel(300, 125)].allSatisfy { $0.allSatisfy { $0 < 40 } }, "the background")
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

    /// Asked for more than there are, pictures of nothing do not fill up the rest; where there is nothing else, one is given.
    @Test(arguments: ["video.poster", "video.thumbnail"])
    func nothingToLookAtIsNoPicture(_ operation: String) async throws {
        let fixture = try VideoFixture()
        let (film, black) = (fixture.path("mixed.mp4"), fixture.path("black.mp4"))
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=black:s=160x90:r=25:d=3", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-f", "lavfi",
            "-i", "color=white:s=160x90:r=25:d=3", "-f", "lavfi", "-i", "smptehdbars=s=160x90:r=25:d=2", "-filter_complex",
            "[0:v]setsar=1[a];[1:v]setsar=1[b];[2:v]setsar=1[c];[3:v]setsar=1[d];[a][b][c][d]concat=n=4,format=yuv420p", "-c:v",
            "libx264", "-g", "10", film,
        ])
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "color=black:s=160x90:r=25:d=2", "-c:v", "libx264", black])
        let (_, measured) = try await fixture.run(operation, ["count": 4], on: film)
        let pictures = measured["pictures"]?.arrayValue ?? []
        let times = pictures.compactMap { $0["time_seconds"]?.doubleValue }
        #expect((2...4).contains(times.count), "\(measured)")
        #expect(times.allSatisfy { (3..<5).contains($0) || (8..<10).contains($0) }, "\(measured)")
        #expect(pictures.allSatisfy { ($0["score"]?.doubleValue ?? 0) > 0 })
        let (paths, only) = try await fixture.encode(operation, ["count": 4], on: [black])
        #expect(paths.count == 1 && only["pictures"]?.arrayValue?.count == 1, "\(only)")
    }
}
