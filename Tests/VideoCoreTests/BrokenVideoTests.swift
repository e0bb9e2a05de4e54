import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore

/// Files that are not as they should be, and disks that are full.
@Suite(.computing) struct BrokenVideoTests {
    /// The frames and sound of a file whose clock jumps come out on one line.
    @Test func clocksThatJumpAreRepaired() async throws {
        let fixture = try VideoFixture()
        let paths = (0..<2).map { fixture.path("part\($0).ts") }
        for (index, offset) in [500.0, 20.0].enumerated() {
            try await fixture.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=1", "-f", "lavfi", "-i", "sine=r=48000:d=1", "-c:v", "libx264",
                "-bf", "0", "-c:a", "aac", "-output_ts_offset", "\(offset)", paths[index],
            ])
        }
        let film = fixture.path("jump.ts")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: paths[0]))
        bytes += try Data(contentsOf: URL(fileURLWithPath: paths[1]))
        try bytes.write(to: URL(fileURLWithPath: film))
        let (made, measured) = try await fixture.encode("video.transcode", on: [film])
        let times = try await fixture.times(made[0])
        #expect(times.count >= 49 && (1.9...2.2).contains(times.last ?? 0), "\(times) \(measured)")
        #expect(measured["output"]?["clock_jumps"] == 1)
        let sound = try await fixture.probe(made[0], "a")
        #expect((1.9...2.2).contains(Double(sound["duration"] ?? "") ?? 0), "\(sound)")
    }

    @Test func soundThatBeginsLaterStaysInStep() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("late.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=2", "-itsoffset", "0.5", "-f", "lavfi", "-i", "sine=r=48000:d=3", film,
        ])
        let (made, measured) = try await fixture.encode("video.transcode", on: [film])
        // Half a second of silence comes before three of sound, though the pictures end earlier.
        let duration = try #require(measured["output"]?["duration_seconds"]?.doubleValue)
        #expect(abs(duration - 3.5) < 0.05, "\(measured)")
        let run = try await CommandRun.run(
            "ffmpeg", ["-i", made[0], "-af", "silencedetect=n=-50dB:d=0.3", "-f", "null", "-"])
        #expect(run.errors.contains("silence_start: 0") && run.errors.contains(/silence_end: 0\.(49|5)/), "\(run.errors)")
    }

    @Test func missingKeyFramesCostOnlyTheirPictures() async throws {
        let fixture = try VideoFixture()
        let (whole, film) = (fixture.path("whole.ts"), fixture.path("headless.ts"))
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=4", "-c:v", "libx264", "-g", "25", "-muxrate", "0", whole,
        ])
        // The beginning is gone: the first packets build on a key frame that is not there.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
        try bytes.dropFirst(188 * (bytes.count / 188 / 8)).write(to: URL(fileURLWithPath: film))
        let (made, _) = try await fixture.encode("video.transcode", on: [film])
        #expect(try await fixture.times(made[0]).count >= 60)
    }

    @Test func whatHoldsNoPicturesIsTold() async throws {
        let fixture = try VideoFixture()
        let (sound, text, empty) = (fixture.path("sound.m4a"), fixture.path("text.mp4"), fixture.path("empty.mp4"))
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", sound])
        try Data("no film at all".utf8).write(to: URL(fileURLWithPath: text))
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=96x72:d=1", "-frames:v", "0", "-c:v", "libx264", empty])
        for operation in ["video.transcode", "video.variants", "video.concat"] {
            #expect(await fixture.fails(operation, on: [sound]) == "no-video")
            #expect(await fixture.fails(operation, on: [text]) == "not-media")
            let told = await fixture.fails(operation, on: [empty])
            #expect(["video-empty", "no-video", "not-media"].contains(told), "\(told ?? "nothing")")
        }
        #expect(await fixture.fails("video.audio", on: [text]) == "not-media")
    }

    /// A header of 8K with a few bytes of data: refused before memory is taken.
    @Test func giantsWithoutABodyAreRefused() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("giant.avi")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=s=8192x8192:r=1:d=1", "-c:v", "libx264", "-preset", "ultrafast", film,
        ])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: film))
        bytes.removeLast(bytes.count / 2)
        try bytes.write(to: URL(fileURLWithPath: film))
        #expect(await fixture.fails("video.transcode", on: [film]) == "media-limit-exceeded")
    }

    @Test(.enabled(if: SmallDisk.isAvailable, "mounting a small disk needs root"))
    func aFullDiskIsToldAndNothingIsLeft() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("noise.mp4")
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4,noise=alls=90:allf=t", "-c:v", "libx264", "-crf", "5", film])
        let disk = try SmallDisk(size: .kib(512))
        for (operation, parameters) in [
            ("video.transcode", ["quality": 1, "speed": "ultrafast", "encoder": "software"]),
            (
                "video.transcode",
                ["bit_rate": 20_000_000, "speed": "ultrafast", "streaming": "hls", "ladder": "180", "segment_s": 1]
            ),
            ("video.variants", ["quality": 1, "speed": "ultrafast"]), ("video.concat", [:]),
        ] as [(String, JSONValue)] {
            #expect(await fixture.fails(operation, parameters, on: [film], folder: disk.path) == "disk-full", "\(operation)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == [], "\(operation)")
        }
    }

    @Test func cancelledWorkLeavesNothing() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let folder = fixture.path("cancelled")
        let work = Task { await fixture.fails("video.transcode", on: [film], folder: folder) }
        work.cancel()
        #expect(await work.value == "cancelled")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
}
