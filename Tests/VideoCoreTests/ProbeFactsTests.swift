import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// What probe tells beyond the form of a file, held against how it was made and what ffprobe says.
@Suite(.computing) struct ProbeFactsTests {
    @Test func chaptersAreTold() async throws {
        let fixture = try VideoFixture()
        let (film, notes) = (fixture.path("film.mkv"), fixture.path("notes.txt"))
        let text =
            ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=750\ntitle=Début\n"
            + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=750\nEND=2000\ntitle=The rest\n"
        try text.write(toFile: notes, atomically: true, encoding: .utf8)
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=2", "-i", notes, "-map_chapters", "1", "-c:v", "libx264", film,
        ])
        let (_, found) = try await fixture.run("video.probe", on: film)
        #expect(
            found["chapters"] == [
                ["start_seconds": 0.0, "end_seconds": 0.75, "title": "Début"],
                ["start_seconds": 0.75, "end_seconds": 2.0, "title": "The rest"],
            ], "\(found["chapters"] ?? .null)")
    }

    @Test func bitRatesAreTold() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=4,noise=alls=30:allf=t", "-f", "lavfi", "-i",
            "anoisesrc=r=48000:d=4:seed=1",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k", film,
        ])
        let (_, found) = try await fixture.run("video.probe", on: film)
        for (kind, name) in [("v", "video"), ("a", "audio")] {
            let packets = try await CommandRun.run(
                "ffprobe",
                ["-v", "error", "-select_streams", kind + ":0", "-show_entries", "packet=size", "-of", "csv=p=0", film])
            let bytes = packets.output.split(whereSeparator: { $0 == "\n" || $0 == "," }).compactMap { Double($0) }.reduce(0, +)
            let told = try #require(found[name]?[0]?["bit_rate"]?.doubleValue)
            #expect(abs(told / (bytes * 8 / 4) - 1) < 0.03, "\(name): \(told), but \(bytes) bytes in 4 s")
        }
        let size = try #require(try FileManager.default.attributesOfItem(atPath: film)[.size] as? Double)
        let whole = try #require(found["bit_rate"]?.doubleValue)
        #expect(abs(whole / (size * 8 / 4) - 1) < 0.03 && found["size_bytes"]?.doubleValue == size, "\(found)")
    }

    @Test(arguments: [true, false])
    func fieldsAreTold(_ isInterlaced: Bool) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mkv")
        let fields =
            isInterlaced ? ["-vf", "tinterlace=interleave_top,fieldorder=tff", "-flags", "+ilme+ildct", "-field_order", "tt"] : []
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=50:d=1"] + fields + ["-c:v", "mpeg2video", "-q:v", "3", film])
        let (_, found) = try await fixture.run("video.probe", on: film)
        #expect(found["video"]?[0]?["is_interlaced"] == .bool(isInterlaced), "\(found["video"] ?? .null)")
    }

    /// Key frames after 10, 50 and 75 of 100 frames.
    @Test func keyFramesAreTold() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=4", "-c:v", "libx264", "-g", "250", "-sc_threshold", "0",
            "-force_key_frames", "0.4,2,3", "-pix_fmt", "yuv420p", film,
        ])
        let (_, found) = try await fixture.run("video.probe", on: film)
        let frames = found["frames"]
        #expect(frames?["count"] == 100 && frames?["key_frames"] == 4, "\(frames ?? .null)")
        #expect(frames?["key_frame_interval_seconds"]?.doubleValue == 1, "\(frames ?? .null)")
        #expect(frames?["longest_key_frame_interval_seconds"]?.doubleValue == 1.6, "\(frames ?? .null)")
    }
}
