import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// More than usual: a day of film, a megabyte of captions, writing of every direction.
@Suite(.computing) struct HardMaterialTests {
    /// A picture every minute for 24 hours.
    @Test func aDayOfFilmIsHandled() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("day.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x36:r=1/60:d=86400", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
            "yuv420p",
            "-g", "30", film,
        ])
        let (_, probed) = try await fixture.run("video.probe", on: film)
        #expect(
            probed["frames"]?["count"] == 1440 && abs((probed["duration_seconds"]?.doubleValue ?? 0) - 86_400) < 61, "\(probed)")
        let (pictures, taken) = try await fixture.run("video.frames", ["interval_s": 14_400, "packing": "files"], on: film)
        let times = taken["times_seconds"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        #expect(pictures.count == 6 && times == (0..<6).map { Double($0) * 14_400 }, "\(taken)")
        #expect(await fixture.fails("video.frames", ["interval_s": 1], on: [film]) == "too-many-frames")
        let (_, last) = try await fixture.encode("video.frames", ["frames": "times", "times": "23:59:00"], on: [film])
        #expect(last["times_seconds"]?[0]?.doubleValue == 86_340, "\(last)")
        let (lists, scenes) = try await fixture.run("video.scenes", ["formats": "json,csv,edl,otio"], on: film)
        #expect(scenes["frames"] == 1440 && lists.count == 4, "\(scenes)")
        let (_, checked) = try await fixture.run("video.checks", ["formats": "text"], on: film)
        #expect(abs((checked["duration_seconds"]?.doubleValue ?? 0) - 86_400) < 61, "\(checked)")
        let (sheet, _) = try await fixture.run("video.sheet", ["columns": 2, "rows": 2], on: film)
        #expect(sheet.count == 1)
        let (pieces, cut) = try await fixture.encode("video.split", ["at": "times", "times": "12:00:00"], on: [film])
        #expect(pieces.count == 2 && cut["pieces"]?[0]?["frames"] == 720, "\(cut)")
    }

    private func film(_ fixture: VideoFixture) async throws -> String {
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=2", "-c:v", "libx264", "-pix_fmt", "yuv420p",
            fixture.path("film.mp4"),
        ])
        return fixture.path("film.mp4")
    }

    /// Hebrew, Arabic, pictures of several letters, letters without a font, controls, and markup that is none.
    @Test(arguments: [
        "שלום עולם\nمرحبا بالعالم", "😀 👩‍👩‍👧‍👦 🏳️‍🌈", "\u{202E}abc\u{202C} \u{200F}x\u{FEFF}", "{\\pos(0,0)}a <b>b</i> </font> &amp;",
        "日本語テキスト 中文", "a\tb\u{0B}c\u{85}d\u{2028}e",
    ])
    func everyWritingIsTaken(_ text: String) async throws {
        let fixture = try VideoFixture()
        let captions = try fixture.write(Bytes("1\n00:00:00,400 --> 00:00:01,200\n\(text)\n".utf8), "c.srt")
        let film = try await film(fixture)
        for parameters in [["karaoke": "word"], [:], ["safe_area": "shorts"]] as [[String: JSONValue]] {
            let (_, measured) = try await fixture.encode(
                "video.captions", .object(parameters.merging(["speed": "ultrafast"]) { $1 }), on: [film, captions])
            #expect(measured["frames"] == 50 && measured["captions"] == 1, "\(measured)")
        }
        let (_, soft) = try await fixture.encode("video.captions", ["mode": "soft"], on: [film, captions])
        #expect(soft["captions"] == 1, "\(soft)")
    }

    /// A megabyte of text in a single caption; and a thousand captions in two seconds.
    @Test(arguments: [1, 1000]) func aMegabyteOfCaptionsIsTaken(_ count: Int) async throws {
        let fixture = try VideoFixture()
        let words = String(repeating: "word ", count: (count == 1 ? 1_000_000 : 100_000) / 5 / count)
        let entries = (0..<count).map { number -> String in
            let start = number * 2000 / count
            func clock(_ time: Int) -> String {
                let digits = String(time % 1000)
                return "00:00:0\(time / 1000)," + String(repeating: "0", count: 3 - digits.count) + digits
            }
            return "\(number + 1)\n\(clock(start)) --> \(clock(start + max(1, 2000 / count)))\n\(words)\n\n"
        }
        let captions = try fixture.write(Bytes(entries.joined().utf8), "c.srt")
        let film = try await film(fixture)
        let (_, burned) = try await fixture.encode("video.captions", ["speed": "ultrafast"], on: [film, captions])
        #expect(burned["frames"] == 50 && burned["captions"]?.integerValue ?? 0 >= 1, "\(burned)")
        let (_, soft) = try await fixture.encode("video.captions", ["mode": "soft", "container": "mkv"], on: [film, captions])
        #expect(soft["captions"]?.integerValue ?? 0 >= 1, "\(soft)")
    }

    /// A long caption is shared out, and its second part begins after the short one that is seen meanwhile.
    @Test(arguments: ["mp4", "mkv", "webm"]) func whoTalksOverOthersIsKept(_ container: String) async throws {
        let fixture = try VideoFixture()
        let long = String(repeating: "all of this is said slowly ", count: 6)
        let captions = try fixture.write(
            Bytes("1\n00:00:00,100 --> 00:00:01,900\n\(long)\n\n2\n00:00:00,300 --> 00:00:00,500\nNo!\n".utf8), "c.srt")
        let film = fixture.path("film.webm")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "color=black:s=64x36:r=25:d=2", "-c:v", "libvpx-vp9", film])
        let (made, _) = try await fixture.encode(
            "video.captions", ["mode": "soft", "container": .string(container)], on: [film, captions])
        let text = fixture.path("read.srt")
        try await fixture.ffmpeg(["-i", made[0], "-map", "0:s:0", text])
        let read = try String(contentsOfFile: text, encoding: .utf8)
        #expect(read.contains("No!") && read.components(separatedBy: "slowly").count == 7, "\(read)")
    }
}
