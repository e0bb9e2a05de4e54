import Media
import TestSupport
import Testing

@testable import VideoCore

/// The small picture that scenes are told apart by is the same whatever way its samples lie in memory.
@Suite(.computing) struct AnalysisPictureTests {
    /// The first frame of a video of half a megapixel, which is made smaller.
    private func picture(_ fixture: VideoFixture, _ format: String, _ encoder: [String]) async throws -> AnalysisPicture {
        let path = fixture.path("\(format).avi")
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=962x540:r=25:d=0.04,format=yuv420p", "-pix_fmt", format] + encoder + [path])
        let decoder = try MediaReader(path: path).videoDecoder(VideoDecoding())
        let frame = try #require(try decoder.next())
        return try #require(AnalysisPicture(frame))
    }

    /// Formats, and how much a sample may differ in the mean: what they lack in depth, or in the place of chroma.
    @Test(arguments: [
        ("nv12", ["-c:v", "rawvideo"], 0.0), ("yuv420p10le", ["-c:v", "ffv1"], 0), ("yuv444p", ["-c:v", "ffv1"], 3),
        ("yuyv422", ["-c:v", "rawvideo"], 3), ("bgr24", ["-c:v", "rawvideo"], 3), ("bgr0", ["-c:v", "ffv1"], 3),
        ("rgb555le", ["-c:v", "rawvideo"], 8),
    ])
    func samplesAreReadFromEveryLayout(_ format: String, _ encoder: [String], _ tolerance: Double) async throws {
        let fixture = try VideoFixture()
        let expected = try await picture(fixture, "yuv420p", ["-c:v", "ffv1"])
        let found = try await picture(fixture, format, encoder)
        #expect(found.width == 256 && found.height == 144)
        let differences = zip(found.samples, expected.samples).map { abs(Int($0) - Int($1)) }
        #expect(found.samples.count == expected.samples.count)
        #expect(Double(differences.reduce(0, +)) / Double(differences.count) <= tolerance)
    }

    @Test func greyPicturesHaveNoColour() async throws {
        let picture = try await picture(try VideoFixture(), "gray", ["-c:v", "ffv1"])
        picture.withColors { red, green, blue in #expect(red.elementsEqual(green) && green.elementsEqual(blue)) }
        #expect(Set(picture.samples).count > 10)
    }
}
