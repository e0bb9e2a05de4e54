import Contracts
import Foundation
import Jobs
import Primitives
import TestSupport
import Testing
import VideoCore

/// What every operation tells of the media that it handled; the analytics make frames, seconds and speed of it.
@Suite(.computing) struct MeasurementTests {
    /// Operations that handle no media, or need a server to run: texts for a model, files that are only fetched, streams.
    private static let others: Set = ["video.rewrite", "video.moderate", "video.ingest", "video.download", "video.push"]

    /// Two files of eight seconds each, 25 frames a second, with sound; and captions.
    private struct Material {
        let film: String
        let captions: String
        let sound: String
    }

    private func material(_ fixture: VideoFixture) async throws -> Material {
        let scenes = try await fixture.scenes("pictures.mp4", ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"])
        let (film, sound) = (fixture.path("film.mp4"), fixture.path("sound.m4a"))
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=d=8:r=48000", sound])
        try await fixture.ffmpeg(["-i", scenes, "-i", sound, "-c", "copy", film])
        let captions = try fixture.write(Bytes("1\n00:00:01,000 --> 00:00:02,000\nHello\n".utf8), "c.srt")
        return Material(film: film, captions: captions, sound: sound)
    }

    /// How an operation is run, and the frames and seconds that it has to tell; `nil` for frames where it sees none.
    private func cases(
        _ material: Material
    ) -> [(operation: String, parameters: JSONValue, inputs: [String], frames: ClosedRange<Int64>?, seconds: Double)] {
        let film = material.film
        let fast: JSONValue = ["speed": "ultrafast"]
        let clip: JSONValue = ["clip": "film.mp4", "out_s": 2]
        let timeline: JSONValue = ["canvas": ["width": 64, "height": 32, "frame_rate": 25], "video": [clip]]
        return [
            ("video.probe", [:], [film], 200...200, 8), ("video.scenes", [:], [film], 200...200, 8),
            ("video.frames", ["interval_s": 2], [film], 4...4, 8), ("video.sheet", ["width": 400], [film], 16...80, 8),
            ("video.poster", [:], [film], 8...48, 8), ("video.thumbnail", [:], [film], 8...48, 8),
            ("video.captions", fast, [film, material.captions], 200...200, 8),
            ("video.captions", ["mode": "soft"], [film, material.captions], 200...200, 8),
            ("video.assemble", ["timeline": timeline, "speed": "ultrafast"], [film], 50...50, 2),
            ("video.transcode", fast, [film], 200...200, 8),
            // Of two sizes.
            (
                "video.transcode", ["speed": "ultrafast", "streaming": "hls", "ladder": "72,64", "segment_s": 4], [film],
                400...400, 16
            ),
            (
                "video.variants",
                ["speed": "ultrafast", "count": 2, "ranges": ["speed": [1, 1], "trim_start_s": [0, 0]]], [film], 400...400, 16
            ),
            ("video.concat", [:], [film, film], 400...400, 16),
            // The sound is a little longer than the pictures: the first film goes on for a frame.
            ("video.concat", ["road": "encode", "speed": "ultrafast"], [film, film], 400...400, 16),
            ("video.audio", [:], [film], nil, 8), ("video.audio", ["action": "replace"], [film, material.sound], 200...200, 8),
            ("video.audio", ["action": "mix"], [film, material.sound], 200...200, 8),
            ("video.split", ["at": "times", "times": "4.5", "speed": "ultrafast"], [film], 200...200, 8),
            ("video.checks", [:], [film], 200...200, 8),
        ]
    }

    @Test func everyOperationTellsFramesAndSeconds() async throws {
        let fixture = try VideoFixture()
        let cases = cases(try await material(fixture))
        let known = Set(VideoOperations.catalogue.operations.map(\.name))
        #expect(known == Set(cases.map(\.operation)).union(Self.others), "an operation is missing here")
        for (operation, parameters, inputs, frames, seconds) in cases {
            let (_, measured) = try await fixture.run(operation, parameters, on: inputs)
            let result = JobResult(measurements: measured)
            let told = try #require(result.mediaSeconds, "\(operation) \(parameters)")
            #expect(abs(told - seconds) < 0.12, "\(operation) \(parameters): \(told) s")
            if let frames {
                #expect(frames.contains(try #require(result.frames)), "\(operation) \(parameters): \(measured)")
            } else {
                #expect(result.frames == nil, "\(operation) \(parameters)")
            }
        }
    }
}
