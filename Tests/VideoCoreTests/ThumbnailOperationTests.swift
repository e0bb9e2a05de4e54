import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore
import VideoText

@Suite(.computing) struct ThumbnailOperationTests {
    /// Pixels of a picture as red, green and blue.
    private func pixels(_ bytes: Bytes?, _ fixture: VideoFixture) async throws -> [UInt8] {
        let path = try fixture.write(bytes ?? [], "picture-\(UUID().uuidString).png")
        try await fixture.ffmpeg(["-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", path + ".rgb"])
        return [UInt8](try Data(contentsOf: URL(filePath: path + ".rgb")))
    }

    @Test(arguments: [("0x202020", "#ffffffff"), ("0xe8e8e8", "#000000ff")])
    func textHasTheColourThatCanBeRead(_ background: String, _ color: String) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        // Something to look at above, one colour below.
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2,drawbox=y=90:h=90:w=320:color=\(background):t=fill", "-c:v",
            "libx264", film,
        ])
        let (files, measured) = try await fixture.run(
            "video.thumbnail", ["text": "Look", "count": 1, "format": "png", "size_percent": 25], on: film)
        let picture = try #require(measured["pictures"]?[0])
        #expect(picture["text_color"]?.stringValue == color && picture["text_box"] == false, "\(measured)")
        #expect((picture["text_contrast"]?.doubleValue ?? 0) > 10 && measured["width"] == 320, "\(measured)")
        let pixels = try await pixels(files["film-thumbnail-1.png"], fixture)
        let wanted: UInt8 = color == "#ffffffff" ? 255 : 0
        let hits = (110..<175).reduce(0) { count, row in
            count + (0..<320).filter { pixels[(row * 320 + $0) * 3] == wanted && pixels[(row * 320 + $0) * 3 + 1] == wanted }.count
        }
        #expect(hits > 300, "\(hits)")
    }

    @Test func platformsGetTheirSizeAndSeveralCandidates() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4", size: "320x180", ["-c:v", "libx264", "-g", "10"])
        let (files, measured) = try await fixture.run(
            "video.thumbnail", ["text": "Short", "count": 2, "safe_area": "shorts"], on: film)
        #expect(measured["width"] == 1080 && measured["height"] == 1920 && files.count == 2, "\(measured)")
        let scores = measured["pictures"]?.arrayValue?.compactMap { $0["score"]?.doubleValue } ?? []
        #expect(scores.count == 2 && scores == scores.sorted(by: >), "\(scores)")
        await #expect(throws: TextError.self) {
            try await fixture.run("video.thumbnail", ["text": "x", "font": "Nowhere"], on: film)
        }
    }
}
