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
        ] as [(String, JSONValue, [String])] {
            let folder = disk.path + "/job"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let told = await fixture.fails(operation, parameters, on: inputs, folder: folder)
            #expect(told == "disk-full", "\(operation) \(parameters)")
            // Pictures that were whole go with the job's folder.
            if operation != "video.frames" {
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [], "\(operation) \(parameters)")
            }
        }
    }
}
