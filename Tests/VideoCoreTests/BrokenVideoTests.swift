import Foundation
import Glibc
import Jobs
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

    /// Every operation sees the same one line: two recordings in one file, of two scenes each.
    @Test(arguments: [0, 2])
    func allOperationsSeeOneLine(_ frames: Int) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("jump.ts")
        var bytes = Data()
        for (index, offset) in [500.0, 20.0].enumerated() {
            let part = fixture.path("part\(index).ts")
            try await fixture.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=s=128x72:r=25:d=2", "-f", "lavfi", "-i", "smptehdbars=s=128x72:r=25:d=2", "-f",
                "lavfi", "-i", "sine=r=48000:d=4", "-filter_complex", "[0:v][1:v]concat=n=2,format=yuv420p", "-c:v", "libx264",
                "-bf", "\(frames)", "-g", "25", "-c:a", "aac", "-output_ts_offset", "\(offset)", part,
            ])
            bytes += try Data(contentsOf: URL(fileURLWithPath: part))
        }
        try bytes.write(to: URL(fileURLWithPath: film))
        func seconds(_ times: JSONValue?) -> [Double] { times?.arrayValue?.compactMap(\.doubleValue) ?? [] }
        let (pictures, taken) = try await fixture.run("video.frames", ["interval_s": 1, "format": "png"], on: film)
        #expect(taken["video_frames"] == 200 && pictures.count == 8, "\(taken)")
        let every = seconds(taken["times_seconds"])
        #expect(every.count == 8 && every.enumerated().allSatisfy { abs($1 - Double($0)) < 0.05 }, "\(taken)")
        let (_, named) = try await fixture.encode(
            "video.frames", ["frames": "times", "times": "4.5, 6.5", "format": "png"], on: [film])
        let places = seconds(named["times_seconds"])
        #expect(places.count == 2 && zip(places, [4.5, 6.5]).allSatisfy { abs($0 - $1) < 0.05 }, "\(named)")
        let (sheets, sheet) = try await fixture.run("video.sheet", ["columns": 4, "rows": 2], on: film)
        let shown = seconds(sheet["times_seconds"])
        #expect(
            sheets.count == 1 && shown.count == 8 && shown.enumerated().allSatisfy { abs($1 - Double($0) - 0.5) < 0.6 }, "\(shown)")
        for operation in ["video.poster", "video.thumbnail"] {
            let (_, best) = try await fixture.run(operation, ["count": 2], on: film)
            let times = best["pictures"]?.arrayValue?.compactMap { $0["time_seconds"]?.doubleValue } ?? []
            #expect(times.count == 2 && times.allSatisfy { (0..<8).contains($0) }, "\(best)")
        }
        let (lists, scenes) = try await fixture.run("video.scenes", ["formats": "json"], on: film)
        let list = try JSONValue(parsing: lists.first?.value ?? [])["scenes"]?.arrayValue ?? []
        let starts = list.compactMap { $0["start_seconds"]?.doubleValue }
        #expect(starts.count == 4 && zip(starts, [0, 2, 4, 6]).allSatisfy { abs($0 - $1) < 0.05 }, "\(list) \(scenes)")
        let (paths, cut) = try await fixture.encode("video.split", ["at": "times", "times": "1, 5"], on: [film])
        let pieces = cut["pieces"]?.arrayValue ?? []
        #expect(pieces.map { $0["frames"]?.integerValue } == [25, 100, 75], "\(cut)")
        #expect(pieces.allSatisfy { $0["reason"]?.stringValue?.contains("clock jumps") == true }, "\(cut)")
        try #require(paths.count == 3)
        for (path, length) in zip(paths, [1, 4, 3]) {
            let sound = try await fixture.probe(path, "a")
            #expect(abs((Double(sound["duration"] ?? "") ?? 0) - Double(length)) < 0.1, "\(sound)")
        }
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

    /// Cancelled while a file is being written, which is there by then.
    @Test(arguments: ["video.transcode", "video.variants", "video.concat", "video.captions"])
    func cancelledWorkLeavesNothing(_ operation: String) async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4", size: "640x360")
        let text = try fixture.write(Bytes("1\n00:00:00,500 --> 00:00:01,000\nHello\n".utf8), "c.srt")
        let folder = fixture.path("cancelled")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let known = try #require(VideoOperations.catalogue[operation])
        let parameters = try known.canonicalParameters(operation == "video.concat" ? ["road": "encode"] : [:])
        let paths = operation == "video.captions" ? [film, text] : [film]
        let inputs = paths.map { path in
            JobContext.Input(path: path, name: path.hasSuffix("srt") ? "c.srt" : "film.mp4", mediaType: "video/mp4")
        }
        let (reports, report) = AsyncStream.makeStream(of: Double.self, bufferingPolicy: .bufferingNewest(1))
        let work = Task {
            defer { report.finish() }
            let context = JobContext(inputs: inputs, outputFolder: folder) {
                report.yield($0.fraction)
                // It must not be done before it is cancelled.
                let end = ContinuousClock.now + .seconds(30)
                while $0.fraction > 0.05, !Task.isCancelled, .now < end { usleep(1000) }
            }
            do {
                _ = try await known.run(parameters, in: context)
                return "finished"
            } catch {
                return (error as? any CodedError)?.code ?? "\(error)"
            }
        }
        for await fraction in reports where fraction > 0.05 {
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) != [])
            break
        }
        work.cancel()
        #expect(await work.value == "cancelled")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
}
