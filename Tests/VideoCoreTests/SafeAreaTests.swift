import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// Text stays where a platform shows nothing of its own over the picture.
@Suite(.computing) struct SafeAreaTests {
    private static let text = "All of these words are wide enough to reach both sides of an upright picture and more than a line"

    /// Rows and columns with letters, of pictures laid over each other.
    private func lit(_ path: String, _ fixture: VideoFixture, width: Int, height: Int) async throws -> (rows: [Int], columns: [Int])
    {
        let raw = path + ".gray"
        try await fixture.ffmpeg(["-i", path, "-f", "rawvideo", "-pix_fmt", "gray", raw])
        let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: raw)))
        try #require(!data.isEmpty && data.count.isMultiple(of: width * height))
        var (rows, columns) = (Set<Int>(), Set<Int>())
        for (place, level) in data.enumerated() where level > 128 {
            rows.insert(place / width % height)
            columns.insert(place % width)
        }
        return (rows.sorted(), columns.sorted())
    }

    private func check(_ lit: (rows: [Int], columns: [Int]), _ area: SafeArea, width: Int, height: Int, isTop: Bool) throws {
        let insets = area.insets
        let (first, last) = (try #require(lit.rows.first), try #require(lit.rows.last))
        let (left, right) = (try #require(lit.columns.first), try #require(lit.columns.last))
        let (wide, high) = (Double(width), Double(height))
        let margins = (left: insets.left * wide, right: (1 - insets.right) * wide)
        #expect(Double(first) >= insets.top * high - 1 && Double(last) <= (1 - insets.bottom) * high, "rows \(first) to \(last)")
        #expect(Double(left) >= margins.left - 1 && Double(right) <= margins.right, "columns \(left) to \(right)")
        // It stands at the edge of the area, not anywhere inside.
        let distance = isTop ? Double(first) - insets.top * high : (1 - insets.bottom) * high - Double(last)
        #expect(distance < high / 20, "\(distance) rows from the edge")
        #expect(Double(right - left) > (margins.right - margins.left) / 2, "it uses the room: columns \(left) to \(right)")
    }

    @Test(arguments: [SafeArea.reels, .shorts, .tiktok, .standard], [false, true])
    func captionsKeepClear(_ area: SafeArea, _ isTop: Bool) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        let (width, height) = (270, 480)
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=black:s=\(width)x\(height):r=5:d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p", film,
        ])
        let captions = try fixture.write(Bytes("1\n00:00:00,000 --> 00:00:01,000\n\(Self.text)\n".utf8), "c.srt")
        let (paths, _) = try await fixture.encode(
            "video.captions",
            ["safe_area": .string(area.rawValue), "position": isTop ? "top" : "bottom", "quality": 5], on: [film, captions])
        try check(try await lit(paths[0], fixture, width: width, height: height), area, width: width, height: height, isTop: isTop)
    }

    @Test(arguments: [SafeArea.reels, .shorts, .tiktok], [false, true])
    func textOfThumbnailsKeepsClear(_ area: SafeArea, _ isTop: Bool) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        // Dark pictures: only letters are bright.
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=270x480:r=5:d=1,lutyuv=y=16+(val-16)/3", "-c:v", "libx264", "-pix_fmt", "yuv420p",
            film,
        ])
        let (paths, measured) = try await fixture.encode(
            "video.thumbnail",
            [
                "safe_area": .string(area.rawValue), "position": isTop ? "top" : "bottom", "text": .string(Self.text),
                "size_percent": 6, "auto_colors": false, "format": "png", "count": 1,
            ], on: [film])
        #expect(measured["width"] == 1080 && measured["height"] == 1920)
        try check(try await lit(paths[0], fixture, width: 1080, height: 1920), area, width: 1080, height: 1920, isTop: isTop)
    }
}
