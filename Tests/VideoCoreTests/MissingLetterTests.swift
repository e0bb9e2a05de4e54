import Primitives
import TestSupport
import Testing
import VideoCore

/// Letters that no font on the machine has are boxes in the picture, and every operation that writes text says so.
@Suite(.computing) struct MissingLetterTests {
    /// Of Kharoshthi, which hardly any font has.
    private static let strange = "a\u{10A00}b"

    private func film(_ fixture: VideoFixture) async throws -> String {
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1", "-pix_fmt", "yuv420p", "-c:v", "libx264", fixture.path("film.mp4"),
        ])
        return fixture.path("film.mp4")
    }

    /// - Returns: the measurements of each operation with the text.
    private func all(_ text: String) async throws -> [(operation: String, measured: JSONValue)] {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        let captions = try fixture.write(Bytes("1\n00:00:00,200 --> 00:00:00,800\n\(text)\n".utf8), "c.srt")
        let script = """
            [Script Info]
            PlayResX: 160
            PlayResY: 90
            [V4+ Styles]
            Format: Name, Fontname, Fontsize
            Style: A,DejaVu Sans,20
            [Events]
            Format: Layer, Start, End, Style, Text
            Dialogue: 0,0:00:00.20,0:00:00.80,A,\(text)
            """
        let styled = try fixture.write(Bytes(script.utf8), "c.ass")
        let clip: JSONValue = ["clip": "film.mp4", "out_s": 1]
        let canvas: JSONValue = ["width": 160, "height": 90, "frame_rate": 25]
        let title: JSONValue = ["text": .string(text), "start_s": 0.1, "end_s": 0.9]
        let titled: JSONValue = ["canvas": canvas, "video": [clip], "text": [title]]
        let captioned: JSONValue = ["canvas": canvas, "video": [clip], "captions": ["file": "c.srt"]]
        let cases: [(String, JSONValue, [String])] = [
            ("video.captions", ["speed": "ultrafast"], [film, captions]),
            ("video.captions", ["speed": "ultrafast"], [film, styled]),
            ("video.assemble", ["timeline": titled, "speed": "ultrafast"], [film]),
            ("video.assemble", ["timeline": captioned, "speed": "ultrafast"], [film, captions]),
            ("video.thumbnail", ["text": .string(text), "count": 1], [film]),
        ]
        var found: [(String, JSONValue)] = []
        for (operation, parameters, inputs) in cases {
            found.append((operation, try await fixture.run(operation, parameters, on: inputs).measurements))
        }
        return found
    }

    @Test func aScriptWithoutAFontIsTold() async throws {
        for (operation, measured) in try await all(Self.strange) {
            let warning = measured["warnings"]?[0]
            #expect(warning?["code"] == "letters-missing", "\(operation): \(measured)")
            #expect(warning?["message"]?.stringValue?.contains("U+10A00:") == true, "\(operation): \(measured)")
        }
    }

    @Test func whatCanBeWrittenHasNoWarning() async throws {
        for (operation, measured) in try await all("Grüße {a} \\N b") {
            #expect(measured["warnings"] == [], "\(operation): \(measured)")
        }
    }
}
