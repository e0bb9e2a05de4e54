import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// Disks that are full before the work is done, for those operations that write much besides transcoding.
@Suite(.computing, .enabled(if: SmallDisk.isAvailable, "mounting a small disk needs root")) struct FullDiskTests {
    @Test func itIsToldAndNothingIsLeft() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("noise.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4,noise=alls=90:allf=t", "-f", "lavfi", "-i", "anoisesrc=r=48000:d=4",
            "-c:v",
            "libx264", "-preset", "ultrafast", "-crf", "5", "-g", "25", "-pix_fmt", "yuv420p", film,
        ])
        let captions = try fixture.write(Bytes("1\n00:00:00,000 --> 00:00:04,000\nHello\n".utf8), "c.srt")
        let timeline: JSONValue = [
            "canvas": ["width": 320, "height": 180, "frame_rate": 25], "video": [["clip": "film.mp4"]],
        ]
        let disk = try SmallDisk(size: .kib(256))
        for (operation, parameters, inputs) in [
            ("video.captions", ["quality": 0, "speed": "ultrafast"], [film, captions]),
            ("video.captions", ["mode": "soft"], [film, captions]),
            ("video.assemble", ["timeline": timeline, "quality": 0, "speed": "ultrafast"], [film]),
            ("video.split", ["at": "times", "times": "1,2,3"], [film]),
            ("video.split", ["at": "times", "times": "1.5", "quality": 1, "speed": "ultrafast"], [film]),
            ("video.frames", ["interval_s": 0.1, "format": "png"], [film]),
            ("video.frames", ["interval_s": 0.1, "format": "png", "packing": "zip"], [film]),
            ("video.audio", ["format": "wav"], [film]), ("video.audio", ["action": "replace"], [film, film]),
            ("video.audio", ["action": "mix"], [film, film]),
            ("video.concat", ["road": "encode", "quality": 0, "speed": "ultrafast"], [film, film]),
            ("video.transcode", ["codec": "vp9", "container": "webm", "quality": 4, "speed": "ultrafast"], [film]),
            ("video.transcode", ["target_size_bytes": 2_000_000, "speed": "ultrafast"], [film]),
            ("video.transcode", ["codec": "av1", "quality": 4, "speed": "ultrafast"], [film]),
            ("video.scenes", ["pictures": "png", "detector": "hash", "threshold": 0, "minimum_scene_s": 0.1], [film]),
            ("video.sheet", ["format": "png"], [film]), ("video.poster", ["format": "png", "count": 12], [film]),
            ("video.thumbnail", ["format": "png", "count": 12], [film]),
        ] as [(String, JSONValue, [String])] {
            let folder = disk.path + "/job"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let told = await fixture.fails(operation, parameters, on: inputs, folder: folder)
            #expect(told == "disk-full", "\(operation) \(parameters)")
            // Pictures that were whole go with the job's folder.
            if !["video.scenes", "video.frames", "video.poster", "video.thumbnail"].contains(operation) {
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [], "\(operation) \(parameters)")
            }
        }
    }

    /// Not a byte is left: reports and pictures are told of like films.
    @Test func reportsAndPicturesTellItToo() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let timeline: JSONValue = [
            "canvas": ["width": 64, "height": 32, "frame_rate": 25], "video": [["color": "#000000", "duration_s": 1]],
        ]
        let disk = try SmallDisk(size: .kib(64))
        try disk.fill(leaving: 0)
        for (operation, parameters, inputs) in [
            ("video.scenes", [:], [film]), ("video.scenes", ["pictures": "jpeg"], [film]), ("video.checks", [:], [film]),
            ("video.frames", ["interval_s": 4], [film]), ("video.sheet", [:], [film]), ("video.poster", [:], [film]),
            ("video.thumbnail", ["text": "Hi"], [film]), ("video.transcode", ["speed": "ultrafast"], [film]),
            ("video.transcode", ["speed": "ultrafast", "streaming": "hls", "ladder": "72"], [film]),
            ("video.variants", ["speed": "ultrafast", "count": 1], [film]), ("video.concat", [:], [film, film]),
            ("video.split", ["at": "times", "times": "2", "speed": "ultrafast"], [film]),
            ("video.assemble", ["timeline": timeline, "speed": "ultrafast", "write_otio": true], []),
            ("video.captions", ["mode": "soft", "transcript": Self.transcript], [film]),
        ] as [(String, JSONValue, [String])] {
            let folder = disk.path + "/job"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            #expect(
                await fixture.fails(operation, parameters, on: inputs, folder: folder) == "disk-full", "\(operation) \(parameters)")
            let bytes = try FileManager.default.contentsOfDirectory(atPath: folder).map {
                try Data(contentsOf: URL(filePath: folder + "/" + $0)).count
            }
            #expect(bytes.allSatisfy { $0 == 0 }, "\(operation) \(parameters): \(bytes)")
        }
    }

    private static let transcript: JSONValue = [
        "duration_seconds": 1, "segments": [["id": 0, "start_seconds": 0, "end_seconds": 1, "text": "Hi"]],
    ]
}
