import AudioAPI
import Contracts
import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore
import VideoText

@Suite(.computing) struct CaptionsOperationTests {
    /// Pixels of the test film; 2 seconds of black at 25 frames a second.
    private static let (width, height) = (320, 180)

    private func film(_ fixture: VideoFixture, _ name: String = "film.mp4", _ more: [String] = []) async throws -> String {
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=2", "-f", "lavfi", "-i", "sine=f=440:d=2"] + more
                + ["-c:v", "libx264", "-pix_fmt", "yuv420p", fixture.path(name)])
        return fixture.path(name)
    }

    private let srt = "1\n00:00:00,500 --> 00:00:01,000\nHello <i>there</i>\n\n2\n00:00:01,200 --> 00:00:01,600\nTwo\nlines\n"

    private func captions(_ fixture: VideoFixture, _ text: String, _ name: String = "c.srt") throws -> String {
        try fixture.write(Bytes(text.utf8), name)
    }

    /// The sums of red, green and blue above a level in each frame, by parts of the picture.
    private func frames(_ bytes: Bytes?, _ fixture: VideoFixture) async throws -> [[UInt8]] {
        let path = try fixture.write(bytes ?? [], "result-\(UUID().uuidString)")
        let raw = path + ".rgb"
        try await fixture.ffmpeg(["-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", raw])
        let data = [UInt8](try Data(contentsOf: URL(filePath: raw)))
        return stride(from: 0, to: data.count, by: 320 * 180 * 3).map { Array(data[$0..<$0 + 320 * 180 * 3]) }
    }

    /// Rows with a pixel that fits.
    private func rows(_ frame: [UInt8], where fits: (UInt8, UInt8, UInt8) -> Bool) -> [Int] {
        (0..<180).filter { row in
            (0..<320).contains { column in
                let place = (row * 320 + column) * 3
                return fits(frame[place], frame[place + 1], frame[place + 2])
            }
        }
    }

    private func isWhite(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Bool { red > 180 && green > 180 && blue > 180 }

    @Test func captionsAreSeenWhenAndWhereTheyShould() async throws {
        let fixture = try VideoFixture()
        let (files, measured) = try await fixture.run(
            "video.captions", ["quality": 10], on: [film(fixture), captions(fixture, srt)])
        #expect(measured["captions"] == 2 && measured["frames"] == 50 && measured["frames_with_captions"] == 22, "\(measured)")
        let frames = try await frames(files["film-captions.mp4"], fixture)
        try #require(frames.count == 50)
        let seen = frames.indices.filter { !rows(frames[$0], where: isWhite).isEmpty }
        // 0.5 s is frame 12.5 and 1.2 s frame 30: a caption is on those that are shown in its time.
        #expect(seen == Array(13..<25) + Array(30..<40))
        let lit = rows(frames[20], where: isWhite)
        #expect(lit.allSatisfy { (130..<172).contains($0) }, "\(lit)")
        #expect(rows(frames[35], where: isWhite).first! < lit.first!, "two lines reach higher than one")
    }

    @Test func soundIsTakenOverAsItIs() async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        let (files, _) = try await fixture.run("video.captions", [:], on: [film, captions(fixture, srt)])
        let result = try fixture.write(files["film-captions.mp4"] ?? [], "result.mp4")
        func sum(_ path: String) async throws -> String {
            try await CommandRun.run("ffmpeg", ["-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "md5", "-"]).output
        }
        #expect(try await sum(film) == sum(result))
    }

    @Test func theSpokenWordHasItsColour() async throws {
        let fixture = try VideoFixture()
        let transcript: JSONValue = [
            "duration_seconds": 2,
            "segments": [
                [
                    "start_seconds": 0.4, "end_seconds": 1.6, "text": "one two",
                    "words": [
                        ["text": "one", "start_seconds": 0.4, "end_seconds": 0.8],
                        ["text": "two", "start_seconds": 0.8, "end_seconds": 1.6],
                    ],
                ]
            ],
        ]
        let film = try await film(fixture)
        for karaoke in ["word", "sweep"] {
            let (files, _) = try await fixture.run(
                "video.captions",
                [
                    "transcript": transcript, "karaoke": .string(karaoke), "highlight_color": "#00ff00", "color": "#ff0000",
                    "size_percent": 20, "outline_percent": 0, "quality": 5,
                ], on: [film])
            let frames = try await frames(files["film-captions.mp4"], fixture)
            try #require(frames.count == 50)
            func columns(_ frame: Int, green: Bool) -> [Int] {
                (0..<320).filter { column in
                    (0..<180).contains { row in
                        let place = (row * 320 + column) * 3
                        let (red, other) = (frames[frame][place], frames[frame][place + 1])
                        return green ? other > 150 && red < 100 : red > 150 && other < 100
                    }
                }
            }
            let (first, second) = (
                (columns(14, green: true), columns(14, green: false)), (columns(35, green: true), columns(35, green: false))
            )
            if karaoke == "word" {
                #expect(first.0.max()! < first.1.min()!, "the first word is highlighted first")
                #expect(second.1.max()! < second.0.min()!, "then the second")
            } else {
                #expect(first.0.max()! <= first.1.max()! && first.0.min()! < 160, "the sweep begins at the left")
                #expect(second.0.count > first.0.count && second.1.count < first.1.count)
            }
            #expect(columns(5, green: true).isEmpty && columns(5, green: false).isEmpty)
        }
    }

    private func script(font: String = "DejaVu Sans", _ text: String) -> String {
        """
        [Script Info]
        ScriptType: v4.00+
        PlayResX: 320
        PlayResY: 180
        [V4+ Styles]
        Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
        Style: Default,\(font),30,&H00FFFFFF,8
        [Events]
        Format: Layer, Start, End, Style, Text
        Comment: 0,0:00:00.00,0:00:02.00,Default,not seen
        Dialogue: 0,0:00:00.50,0:00:01.00,Default,\(text)

        """
    }

    @Test func scriptsKeepTheirOwnLook() async throws {
        let fixture = try VideoFixture()
        let ass = try captions(fixture, script("{\\c&H0000FF&}Top\\Nred"), "c.ass")
        let (files, measured) = try await fixture.run("video.captions", ["quality": 10], on: [film(fixture), ass])
        #expect(measured["form"] == "ass")
        let frames = try await frames(files["film-captions.mp4"], fixture)
        let red = rows(frames[20]) { red, green, _ in red > 150 && green < 90 }
        #expect(!red.isEmpty && red.allSatisfy { $0 < 80 }, "\(red)")
        #expect(rows(frames[5]) { red, _, _ in red > 60 }.isEmpty)
    }

    @Test func missingFontsAreNamed() async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        let ass = try captions(fixture, script(font: "No Such Font", "x"), "c.ass")
        let known = try FontCatalogue().families
        await #expect(throws: TextError.unknownFont("No Such Font", known: known)) {
            try await fixture.run("video.captions", [:], on: [film, ass])
        }
        let inText = try captions(fixture, script("{\\fnOther Font}x"), "d.ass")
        await #expect(throws: TextError.unknownFont("Other Font", known: known)) {
            try await fixture.run("video.captions", [:], on: [film, inText])
        }
        _ = try await fixture.run("video.captions", ["missing_fonts": "substitute"], on: [film, ass])
        await #expect(throws: TextError.unknownFont("Nowhere", known: known)) {
            try await fixture.run("video.captions", ["font": "Nowhere"], on: [film, captions(fixture, srt)])
        }
    }

    @Test(arguments: [("mp4", "mov_text"), ("mkv", "subrip"), ("webm", "webvtt")])
    func aTrackIsAdded(_ container: String, _ codec: String) async throws {
        let fixture = try VideoFixture()
        let film: String
        if container == "webm" {
            film = fixture.path("film.webm")
            try await fixture.ffmpeg([
                "-f", "lavfi", "-i", "color=black:s=64x64:r=25:d=2", "-c:v", "libvpx-vp9", "-cpu-used", "8", film,
            ])
        } else {
            // Without sound: what its encoder puts before it would shift all tracks of a Matroska file.
            film = try await self.film(fixture, "film.mp4", ["-an"])
        }
        let (files, measured) = try await fixture.run(
            "video.captions", ["mode": "soft", "container": .string(container), "language": "eng"],
            on: [film, captions(fixture, srt)])
        #expect(measured["captions"] == 2, "\(measured)")
        let result = try fixture.write(files["film-captions.\(container)"] ?? [], "result.\(container)")
        let run = try await CommandRun.run(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "s", "-show_entries", "stream=codec_name:stream_tags=language", "-of", "csv=p=0",
                result,
            ])
        #expect(run.output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(codec),eng")
        let text = try await CommandRun.run("ffmpeg", ["-v", "error", "-i", result, "-f", "srt", "-"]).output
            .replacing(/<[^>]*>/, with: "").replacing("\r\n", with: "\n")
        #expect(text.contains("00:00:00,500 --> 00:00:01,000\nHello there\n"), "\(text)")
        #expect(text.contains("00:00:01,200 --> 00:00:01,600\nTwo\nlines\n"), "\(text)")
    }

    @Test func scriptsKeepTheirStylesInMatroska() async throws {
        let fixture = try VideoFixture()
        let ass = try captions(fixture, script("{\\b1}Bold"), "c.ass")
        let (files, _) = try await fixture.run(
            "video.captions", ["mode": "soft", "container": "mkv"], on: [film(fixture, "film.mp4", ["-an"]), ass])
        let result = try fixture.write(files["film-captions.mkv"] ?? [], "result.mkv")
        let text = try await CommandRun.run("ffmpeg", ["-v", "error", "-i", result, "-f", "ass", "-"]).output
        #expect(
            text.contains("Style: Default,DejaVu Sans,30") && text.contains("0:00:00.50,0:00:01.00,Default,,0,0,0,,{\\b1}Bold"),
            "\(text)")
    }

    @Test func turnedPicturesAreUprightAndOddOnesEven() async throws {
        let fixture = try VideoFixture()
        let odd = fixture.path("odd.mkv")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "color=black:s=321x181:r=25:d=2,format=yuv444p", "-c:v", "ffv1", odd])
        let (_, measured) = try await fixture.run("video.captions", [:], on: [odd, captions(fixture, srt)])
        #expect(measured["width"] == 320 && measured["height"] == 180, "\(measured)")
        let turned = fixture.path("turned.mp4")
        try await fixture.ffmpeg(["-i", film(fixture), "-c", "copy", "-metadata:s:v:0", "rotate=90", turned])
        let (files, upright) = try await fixture.run("video.captions", [:], on: [turned, captions(fixture, srt)])
        #expect(upright["width"] == 180 && upright["height"] == 320, "\(upright) \(files.keys)")
    }

    @Test func whatIsMissingIsSaid() async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture)
        await #expect(throws: CaptionFileError.missing) { try await fixture.run("video.captions", [:], on: [film]) }
        await #expect(throws: CaptionFileError.both) {
            try await fixture.run(
                "video.captions", ["transcript": ["duration_seconds": 1, "segments": []]], on: [film, captions(fixture, srt)])
        }
        let sound = fixture.path("sound.wav")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", sound])
        for mode in ["burn", "soft"] {
            await #expect(throws: MediaError.noVideo) {
                try await fixture.run("video.captions", ["mode": .string(mode)], on: [sound, captions(fixture, srt)])
            }
        }
        #expect(throws: TextError.notAColor("red")) {
            try CaptionsOperation.check(try CaptionsOperation.schema.decode(["color": "red"]), resources: [:])
        }
    }
}
