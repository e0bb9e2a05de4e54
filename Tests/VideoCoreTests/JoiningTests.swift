import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// Variants, joined files, and sound apart from its pictures.
@Suite(.computing) struct JoiningTests {
    private func clip(_ fixture: VideoFixture, _ name: String, size: String = "160x90", hertz: Int = 440) async throws -> String {
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=2", "-f", "lavfi", "-i", "sine=f=\(hertz):r=48000:d=2", "-pix_fmt",
            "yuv420p", fixture.path(name),
        ])
        return fixture.path(name)
    }

    @Test func theSameSeedGivesTheSameFiles() async throws {
        let fixture = try VideoFixture()
        let film = try await clip(fixture, "film.mp4")
        let parameters: JSONValue = [
            "count": 3, "seed": 5, "speed": "ultrafast", "ranges": ["flip": [0, 1], "padding": [0, 0.1]],
        ]
        let (first, measured) = try await fixture.encode("video.variants", parameters, on: [film])
        let (second, _) = try await fixture.encode("video.variants", parameters, on: [film])
        #expect(first.count == 5 && second.count == 5 && measured["variants"]?.arrayValue?.count == 3)
        for (one, other) in zip(first, second) {
            #expect(try Data(contentsOf: URL(fileURLWithPath: one)) == Data(contentsOf: URL(fileURLWithPath: other)), "\(one)")
        }
        let videos = try first.filter { $0.hasSuffix("mp4") }.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(Set(videos).count == 3)
        // Fewer variants are the first of the same ones.
        let (fewer, _) = try await fixture.encode(
            "video.variants", ["count": 1, "seed": 5, "speed": "ultrafast", "ranges": ["flip": [0, 1], "padding": [0, 0.1]]],
            on: [film])
        #expect(try Data(contentsOf: URL(fileURLWithPath: fewer[0])) == videos[0])
        let table = try String(contentsOfFile: try #require(first.first { $0.hasSuffix("csv") }), encoding: .utf8)
        #expect(table.split(separator: "\n").count == 4 && table.hasPrefix("variant,file,crop,"))
    }

    @Test func whatIsDrawnIsDone() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        // Red at the left, blue at the right.
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=blue:s=160x90:r=25:d=2,drawbox=0:0:80:90:red:fill", "-f", "lavfi", "-i",
            "sine=f=440:r=48000:d=2", "-pix_fmt", "yuv420p", film,
        ])
        let fixed: JSONValue = [
            "flip": [1, 1], "speed": [2, 2], "scale": [0.5, 0.5], "trim_start_s": [0.5, 0.5], "crop": [0, 0],
            "hue_degrees": [0, 0],
            "padding": [0.5, 0.5], "brightness": [0, 0], "contrast": [1, 1], "saturation": [1, 1], "gamma": [1, 1],
        ]
        let (paths, measured) = try await fixture.encode("video.variants", ["count": 1, "ranges": fixed], on: [film])
        let seen = try await fixture.probe(paths[0])
        #expect(seen["width"] == "80" && seen["height"] == "46", "\(seen)")
        let length = try #require(measured["variants"]?[0]?["duration_seconds"]?.doubleValue)
        #expect(abs(length - 0.75) < 0.06, "\(measured)")
        let row = Array(try await fixture.pixels(paths[0], at: 0.3, "8:3")[24..<48])
        // Black, black, blue, blue, red, red, black, black.
        #expect(row[0...2].allSatisfy { $0 < 40 } && row[8] > 150 && row[6] < 90 && row[15] > 150 && row[17] < 90, "\(row)")
        let sound = try await fixture.probe(paths[0], "a")
        #expect(abs((Double(sound["duration"] ?? "") ?? 0) - 0.75) < 0.06, "\(sound)")
        #expect(await fixture.fails("video.variants", ["ranges": ["trim_end_s": [9, 9]]], on: [film]) == "output-not-possible")
        #expect(await fixture.fails("video.variants", ["ranges": ["spin": [0, 1]]], on: [film]) == "output-not-possible")
        #expect(await fixture.fails("video.variants", ["ranges": ["crop": [0.3, 0.1]]], on: [film]) == "output-not-possible")
    }

    @Test func equalFilesAreJoinedWithoutEncoding() async throws {
        let fixture = try VideoFixture()
        let film = try await clip(fixture, "one.mp4")
        let (paths, measured) = try await fixture.encode("video.concat", on: [film, film, film])
        #expect(measured["is_copy"] == true && measured["reason"] == .null, "\(measured)")
        let times = try await fixture.times(paths[0])
        #expect(times.count == 150 && times == times.sorted() && abs((times.last ?? 0) - 5.99) < 0.1, "\(times.last ?? 0)")
        // What is decoded is what went in.
        let sums = try await CommandRun.run(
            "sh",
            ["-c", "for f in '\(film)' '\(paths[0])'; do ffmpeg -v error -i $f -an -f framemd5 - | awk -F, '!/#/{print $6}'; done"])
        let lines = sums.output.split(separator: "\n")
        #expect(lines.count == 200 && lines[0..<50] == lines[50..<100].map { $0 }[...] && lines[0] == lines[100])
    }

    @Test func differentFilesAreJoinedInTheSizeOfTheFirst() async throws {
        let fixture = try VideoFixture()
        let (wide, tall) = (try await clip(fixture, "wide.mp4"), fixture.path("tall.mkv"))
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=90x160:r=30:d=1", "-c:v", "libvpx-vp9", "-deadline", "realtime", tall,
        ])
        let (paths, measured) = try await fixture.encode("video.concat", ["speed": "ultrafast"], on: [wide, tall, wide])
        #expect(measured["is_copy"] == false && measured["reason"]?.stringValue?.contains("file 2") == true, "\(measured)")
        let (seen, sound) = (try await fixture.probe(paths[0]), try await fixture.probe(paths[0], "a"))
        #expect(seen["width"] == "160" && seen["height"] == "90" && abs((Double(seen["duration"] ?? "") ?? 0) - 5) < 0.1, "\(seen)")
        #expect(abs((Double(sound["duration"] ?? "") ?? 0) - 5) < 0.1, "\(sound)")
        // The second has bars at its sides and no sound.
        let row = try await fixture.pixels(paths[0], at: 2.5, "8:1")
        #expect(row[0...5].allSatisfy { $0 < 30 } && row[21...].allSatisfy { $0 < 30 }, "\(row)")
        #expect(await fixture.fails("video.concat", ["road": "copy"], on: [wide, tall]) == "output-not-possible")
    }

    @Test func soundIsTakenOutExchangedAndMixed() async throws {
        let fixture = try VideoFixture()
        let (film, other) = (try await clip(fixture, "film.mp4"), fixture.path("other.mp3"))
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=f=2000:r=44100:d=5", other])
        let (out, copied) = try await fixture.encode("video.audio", on: [film])
        #expect(out[0].hasSuffix(".m4a") && copied["is_copy"] == true)
        for format in ["wav", "mp3", "flac", "opus", "aac", "ogg"] {
            let (paths, _) = try await fixture.encode("video.audio", ["format": .string(format)], on: [film])
            #expect(abs((Double(try await fixture.probe(paths[0], "a")["duration"] ?? "") ?? 0) - 2) < 0.1, "\(format)")
        }
        for (action, tracks) in [("replace", 1), ("add", 2), ("mix", 1)] {
            let (paths, measured) = try await fixture.encode("video.audio", ["action": .string(action)], on: [film, other])
            let run = try await CommandRun.run(
                "ffprobe",
                ["-v", "error", "-select_streams", "a", "-show_entries", "stream=codec_name,duration", "-of", "csv=p=0", paths[0]])
            let lines = run.output.split(separator: "\n")
            // The other sound is longer than the pictures, and ends with them.
            #expect(
                lines.count == tracks && lines.allSatisfy { abs((Double($0.split(separator: ",")[1]) ?? 0) - 2) < 0.15 }, "\(lines)"
            )
            #expect(measured["is_copy"]?.boolValue == (action != "mix"))
            #expect(try await fixture.probe(paths[0])["nb_read_frames"] == "50")
        }
        #expect(await fixture.fails("video.audio", ["action": "mix"], on: [film]) == "output-not-possible")
    }

    @Test func piecesAreCopiedWhereTheyBeginWithAKeyFrame() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=4", "-f", "lavfi", "-i", "sine=r=48000:d=4", "-c:v", "libx264", "-g",
            "25",
            "-pix_fmt", "yuv420p", film,
        ])
        let (paths, measured) = try await fixture.encode("video.split", ["at": "times", "times": "1, 2.5, 3"], on: [film])
        #expect(measured["copied"] == 2 && measured["encoded"] == 2 && paths.count == 4, "\(measured)")
        #expect(measured["pieces"]?[2]?["reason"]?.stringValue?.contains("no key frame") == true, "\(measured)")
        var counts: [Int] = []
        for path in paths { counts.append(try await fixture.times(path).count) }
        #expect(counts == [25, 38, 12, 25], "\(counts)")
        let (moved, keys) = try await fixture.encode(
            "video.split", ["at": "times", "times": "1.7", "precision": "key-frames"], on: [film])
        #expect(keys["encoded"] == 0 && moved.count == 2 && keys["pieces"]?[1]?["start_seconds"]?.doubleValue == 1, "\(keys)")
        let scenes = try await fixture.scenes("scenes.mp4", size: "128x72", ["-c:v", "libx264", "-g", "250"])
        let (pieces, cut) = try await fixture.encode("video.split", on: [scenes])
        #expect(
            pieces.count == 5 && cut["pieces"]?.arrayValue?.map { $0["frames"]?.integerValue } == [40, 30, 50, 25, 55], "\(cut)")
    }

    /// A file that was written into a pipe does not tell how long it is; its end is left out all the same.
    @Test func theEndOfAFileWithoutADurationIsTrimmed() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("live.mkv")
        let run = try await CommandRun.run(
            "sh",
            [
                "-c",
                "ffmpeg -v error -f lavfi -i testsrc2=s=160x90:r=25:d=3 -f lavfi -i sine=r=48000:d=3 -c:v libx264 -c:a aac "
                    + "-f matroska -live 1 pipe:1 > '\(film)'",
            ])
        try #require(run.status == 0, "\(run.errors)")
        let neutral: [String: JSONValue] = [
            "flip": [0, 0], "speed": [1, 1], "scale": [1, 1], "trim_start_s": [0.5, 0.5], "trim_end_s": [1, 1], "crop": [0, 0],
            "hue_degrees": [0, 0], "padding": [0, 0], "brightness": [0, 0], "contrast": [1, 1], "saturation": [1, 1],
            "gamma": [1, 1],
        ]
        let (paths, measured) = try await fixture.encode(
            "video.variants", ["count": 1, "speed": "ultrafast", "ranges": .object(neutral)], on: [film])
        #expect(measured["variants"]?[0]?["frames"]?.integerValue.map { (37...38).contains($0) } == true, "\(measured)")
        let sound = try await fixture.probe(paths[0], "a")
        #expect(abs((Double(sound["duration"] ?? "") ?? 0) - 1.5) < 0.06, "\(sound)")
    }
}
