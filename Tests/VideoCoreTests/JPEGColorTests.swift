import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// JPEG pictures have the colours of the video, whatever coding it has.
@Suite(.computing) struct JPEGColorTests {
    struct Film: Sendable, CustomTestStringConvertible {
        let size: String
        /// What the file says of its colours, and what it is to be taken for.
        let told: String?
        let matrix: String
        var isFullRange = false
        var pixelFormat = "yuv420p"
        var parameters: JSONValue = [:]
        var testDescription: String { "\(size) \(told ?? "-") \(isFullRange ? "full " : "")\(pixelFormat) \(parameters)" }
    }

    /// Red, green and blue of a picture of 24 by 14 areas.
    private func areas(_ path: String, _ input: String) async throws -> [Int] {
        let run = try await CommandRun.run(
            "sh",
            [
                "-c",
                "ffmpeg -v error -i '\(path)' -frames:v 1 -vf 'scale=in_color_matrix=\(input):flags=accurate_rnd+full_chroma_int,"
                    + "format=rgb24,scale=24:14:flags=area' -f rawvideo - | od -An -v -tu1",
            ])
        return run.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }

    @Test(
        arguments: [
            Film(size: "1280x720", told: nil, matrix: "bt709"), Film(size: "1280x720", told: "bt709", matrix: "bt709"),
            Film(size: "640x360", told: nil, matrix: "smpte170m"), Film(size: "640x360", told: "bt709", matrix: "bt709"),
            Film(size: "1280x720", told: "smpte170m", matrix: "smpte170m"),
            // Odd sizes, such as cameras and screens have; a smaller picture; codings that take the long way.
            Film(size: "641x361", told: "bt709", matrix: "bt709"),
            Film(size: "1280x720", told: "bt709", matrix: "bt709", parameters: ["width": 640]),
            Film(size: "640x360", told: "bt709", matrix: "bt709", isFullRange: true),
            Film(size: "640x360", told: "bt709", matrix: "bt709", pixelFormat: "yuv444p"),
            Film(size: "640x360", told: "bt2020nc", matrix: "bt2020"),
        ])
    func coloursAreThoseOfTheVideo(_ film: Film) async throws {
        let fixture = try VideoFixture()
        let path = fixture.path("film.mkv")
        let range = film.isFullRange ? "full" : "limited"
        try await fixture.ffmpeg(
            [
                "-f", "lavfi", "-i", "smptehdbars=s=\(film.size):r=25:d=0.1,format=rgb24", "-vf",
                "scale=out_color_matrix=\(film.matrix):out_range=\(range):flags=accurate_rnd+full_chroma_int,format=\(film.pixelFormat)",
                "-c:v", "ffv1", "-color_range", film.isFullRange ? "pc" : "tv",
            ] + (film.told.map { ["-colorspace", $0] } ?? []) + [path])
        let asked: JSONValue = ["frames": "times", "times": "0", "quality": 100, "packing": "files"]
        let parameters = JSONValue.object((asked.objectValue ?? [:]).merging(film.parameters.objectValue ?? [:]) { $1 })
        let (files, _) = try await fixture.run("video.frames", parameters, on: path)
        let picture = try fixture.write(try #require(files.values.first), "picture.jpg")
        let facts = try await fixture.probe(picture)
        #expect(
            facts["pix_fmt"] == "yuvj420p"
                && facts["width"] == (film.parameters["width"] == nil ? String(film.size.prefix { $0 != "x" }) : "640"), "\(facts)")
        let (wanted, found) = (try await areas(path, film.matrix), try await areas(picture, "smpte170m"))
        try #require(wanted.count == 24 * 14 * 3 && found.count == wanted.count)
        // White, and colours of which one coding makes what is 20 steps and more off in the other.
        #expect((wanted.max() ?? 0) > 170 && (wanted.min() ?? 255) < 5)
        let off = zip(wanted, found).map { abs($0 - $1) }
        #expect(off.filter { $0 > 4 }.count <= off.count / 100 && off.reduce(0, +) <= off.count, "\(off.max() ?? 0)")
    }
}
