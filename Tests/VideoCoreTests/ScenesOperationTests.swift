import Primitives
import TestSupport
import Testing

@testable import VideoCore

@Suite(.computing) struct ScenesOperationTests {
    private func cuts(_ files: [String: Bytes]) throws -> [Int] {
        let document = try JSONValue(parsing: try #require(files["film-scenes.json"]))
        let scenes = try #require(document["scenes"]?.arrayValue)
        return scenes.dropFirst().compactMap { $0["start_frame"]?.integerValue.map { Int($0) } }
    }

    /// A hash of 64 bits takes the turn of a gradient for a cut, at frame 87; so does PySceneDetect's.
    @Test(arguments: [("adaptive", []), ("content", []), ("histogram", []), ("hash", [87])])
    func cutsAreFoundToTheFrame(_ detector: String, _ turns: [Int]) async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let (files, measurements) = try await fixture.run("video.scenes", ["detector": .string(detector)], on: film)
        let expected = (VideoFixture.cuts + turns).sorted()
        #expect(try cuts(files) == expected, "\(measurements)")
        #expect(
            measurements["scenes"] == JSONValue(expected.count + 1) && measurements["frames"] == 200
                && measurements["frame_rate"]?.doubleValue == 25)
        #expect(measurements["duration_seconds"]?.doubleValue == 8)
    }

    /// What the decoder gives differs in layout, depth and range; the scenes do not.
    @Test(arguments: [
        ("yuv444p", ["-c:v", "libx264"]), ("yuv422p10le", ["-c:v", "libx264"]), ("yuvj420p", ["-c:v", "libx264"]),
        ("yuv420p10le", ["-c:v", "libx265", "-x265-params", "log-level=none"]), ("gbrp", ["-c:v", "libx264rgb"]),
        ("yuv420p", ["-c:v", "mpeg4", "-q:v", "3"]),
        ("yuv420p", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]),
    ])
    func everyPixelFormatIsRead(_ format: String, _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mkv", encoder + ["-pix_fmt", format])
        let (files, _) = try await fixture.run("video.scenes", ["detector": "content"], on: film)
        #expect(try cuts(files) == VideoFixture.cuts)
    }

    @Test func fadesAreCutInTheDark() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("fade.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=128x72:r=25:d=3,fade=t=out:st=2:d=0.8", "-f", "lavfi", "-i",
            "smptehdbars=s=128x72:r=25:d=3,fade=t=in:st=0.2:d=0.8", "-filter_complex", "[0:v][1:v]concat=n=2,format=yuv420p",
            "-c:v", "libx264", film,
        ])
        let (files, _) = try await fixture.run("video.scenes", ["detector": "threshold"], on: film)
        let found = try cuts(files)
        #expect(found.count == 1 && (68...84).contains(found.first ?? 0), "\(found)")
    }

    @Test func listsAreWhatOtherProgramsRead() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let (files, _) = try await fixture.run("video.scenes", ["formats": "csv, edl,otio,stats"], on: film)
        #expect(Set(files.keys) == ["film-scenes.csv", "film-scenes.edl", "film-scenes.otio", "film-stats.csv"])
        func text(_ name: String) -> String { String(decoding: files[name] ?? [], as: UTF8.self) }
        let rows = text("film-scenes.csv").split(separator: "\n")
        #expect(rows.count == 6 && rows[2] == "2,40,00:00:01.600,1.6,70,00:00:02.800,2.8,30,1.2")
        #expect(text("film-scenes.edl").contains("002  AX       V     C        00:00:01:15 00:00:02:20 00:00:01:15 00:00:02:20"))
        #expect(text("film-stats.csv").split(separator: "\n").count == 201)
        let timeline = try JSONValue(parsing: files["film-scenes.otio"] ?? [])
        let clips = timeline["tracks"]?["children"]?.arrayValue?.first?["children"]?.arrayValue
        #expect(clips?.count == 5 && clips?[1]["source_range"]?["duration"]?["value"] == 30)
    }

    /// OpenTimelineIO's own library reads the list.
    @Test(.enabled(if: TimelineProgram.isWanted, "deploy/test installs OpenTimelineIO"))
    func editingProgramsReadTheList() async throws {
        let fixture = try VideoFixture()
        let (files, _) = try await fixture.run("video.scenes", ["formats": "otio"], on: try await fixture.scenes("film.mp4"))
        let path = try fixture.write(try #require(files["film-scenes.otio"]), "scenes.otio")
        let tracks = try JSONValue(parsing: Bytes(try await TimelineProgram.run("read", path).utf8)).arrayValue ?? []
        #expect(tracks.count == 1 && tracks[0]["kind"] == "Video" && tracks[0]["seconds"] == 8, "\(tracks)")
        #expect(tracks[0]["children"] == ["Clip", "Clip", "Clip", "Clip", "Clip"] && tracks[0]["media"] == ["film.mp4"])
    }

    @Test func shortScenesAreJoined() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let (files, _) = try await fixture.run("video.scenes", ["detector": "histogram", "minimum_scene_s": 1.5], on: film)
        #expect(try cuts(files) == [40, 120])
    }

    @Test func eachSceneHasItsPicture() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let (files, _) = try await fixture.run(
            "video.scenes", ["formats": "json", "pictures": "png", "picture_width": 64], on: film)
        let scenes = try JSONValue(parsing: files["film-scenes.json"] ?? [])["scenes"]?.arrayValue ?? []
        let names = scenes.compactMap { $0["picture"]?.stringValue }
        #expect(names == (1...5).map { "film-scene-000\($0).png" } && Set(files.keys) == Set(names + ["film-scenes.json"]))
        // The fourth shows what the film shows there: bars.
        let picture = try fixture.write(try #require(files["film-scene-0004.png"]), "fourth.png")
        let (seen, shown) = (try await fixture.pixels(picture, "8:4"), try await fixture.pixels(film, at: 5.3, "8:4"))
        #expect(seen.count == 96 && zip(seen, shown).allSatisfy { abs($0 - $1) < 24 }, "\(seen) \(shown)")
    }

    @Test func picturesAreLimitedAndNamesDoNotRepeat() async throws {
        #expect(Set((9_990..<10_010).map { ScenesOperation.suffix(ofScene: $0) }).count == 20)
        #expect(ScenesOperation.suffix(ofScene: 8) == "scene-0009" && ScenesOperation.suffix(ofScene: 10_008) == "scene-10009")
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let error = await #expect(throws: VideoError.self) {
            _ = try await fixture.run("video.scenes", ["pictures": "png", "most": 4], on: film)
        }
        #expect(error == .tooManyFrames(5, most: 4))
        // Without pictures there is nothing to limit.
        #expect(try await fixture.run("video.scenes", ["most": 4], on: film).measurements["scenes"] == 5)
    }

    @Test func soundHasNoScenes() async throws {
        let fixture = try VideoFixture()
        let sound = fixture.path("sound.wav")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", sound])
        await #expect(throws: (any Error).self) { try await fixture.run("video.scenes", on: sound) }
    }

    /// The form of edit decision lists has numbers for 999 events; what it leaves out is told.
    @Test func scenesThatAListHasNoNumberForAreTold() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("flicker.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=black:s=32x32:r=25:d=41,geq=lum='16+200*mod(N,2)':cb=128:cr=128", "-c:v", "libx264",
            "-preset", "ultrafast", film,
        ])
        let (files, measured) = try await fixture.run(
            "video.scenes", ["detector": "content", "minimum_scene_s": 0, "formats": "edl, csv"], on: film)
        let scenes = try #require(measured["scenes"]?.integerValue)
        try #require(scenes > 999)
        #expect(measured["scenes_left_out"]?.integerValue == scenes - 999, "\(measured)")
        let list = String(decoding: files.first { $0.key.hasSuffix("edl") }?.value ?? [], as: UTF8.self)
        #expect(list.contains("\n999  AX") && list.contains("* \(scenes - 999) MORE SCENES ARE LEFT OUT"), "\(list.suffix(300))")
        let (_, few) = try await fixture.run("video.scenes", ["formats": "edl"], on: try await fixture.scenes("film.mp4"))
        #expect(few["scenes_left_out"] == 0, "\(few)")
    }
}
