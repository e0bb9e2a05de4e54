import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

@Suite(.computing) struct TranscodeOperationTests {
    private let sound = ["-f", "lavfi", "-i", "sine=f=440:r=48000:d=2"]

    private func clip(_ fixture: VideoFixture, _ name: String = "clip.mp4", size: String = "160x90") async throws -> String {
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=2"] + sound + ["-pix_fmt", "yuv420p", fixture.path(name)])
        return fixture.path(name)
    }

    @Test(arguments: [
        ("h264", "mp4", "auto", "h264", "aac"), ("h265", "mkv", "opus", "hevc", "opus"), ("vp9", "webm", "auto", "vp9", "opus"),
        ("av1", "mp4", "aac", "av1", "aac"), ("h264", "mov", "copy", "h264", "aac"), ("h264", "mkv", "none", "h264", nil),
    ])
    func everyCodecInItsContainer(
        _ codec: String, _ container: String, _ audio: String, _ video: String, _ heard: String?
    ) async throws {
        let fixture = try VideoFixture()
        let (paths, measured) = try await fixture.encode(
            "video.transcode",
            [
                "codec": .string(codec), "container": .string(container), "audio": .string(audio), "speed": "ultrafast",
                "encoder": "software",
            ], on: [try await clip(fixture)])
        let (seen, sound) = (try await fixture.probe(paths[0]), try await fixture.probe(paths[0], "a"))
        #expect(seen["codec_name"] == video && seen["nb_read_frames"] == "50", "\(seen)")
        #expect(sound["codec_name"] == heard)
        #expect(measured["output"]?["frames"] == 50 && measured["output"]?["is_hardware"] == false, "\(measured)")
        // Opus begins a few milliseconds before what is heard of it.
        #expect(try await fixture.times(paths[0]).first ?? 1 < 0.01)
    }

    @Test func phoneClipsComeOutUpright() async throws {
        let fixture = try VideoFixture()
        let (plain, phone) = (fixture.path("plain.mp4"), fixture.path("phone.mp4"))
        // Red above, blue below; after the turn red is at the right.
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=blue:s=160x90:r=10:d=0.5,drawbox=0:0:160:45:red:fill", "-c:v", "libx264", plain,
        ])
        try await fixture.ffmpeg(["-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=270", phone])
        let (paths, _) = try await fixture.encode("video.transcode", ["encoder": "software"], on: [phone])
        let seen = try await fixture.probe(paths[0])
        #expect(seen["width"] == "90" && seen["height"] == "160" && seen["rotation"] == nil, "\(seen)")
        let values = try await fixture.pixels(paths[0], "2:1")
        #expect(values.count == 6 && values[0] < 60 && values[2] > 200 && values[3] > 200 && values[5] < 60, "\(values)")
    }

    /// Wide pixels, odd sizes, fits and platforms: what the pictures' size becomes.
    @Test(
        arguments: [
            ("160x90", "1", [:], 160, 90), ("161x91", "1", [:], 160, 90), ("96x72", "4/3", [:], 128, 72),
            ("160x90", "1", ["width": 80], 80, 46), ("160x90", "1", ["width": 100, "height": 100, "fit": "pad"], 100, 100),
            ("160x90", "1", ["width": 90, "height": 160, "fit": "crop"], 90, 160), ("160x90", "1", ["width": 1000], 160, 90),
            ("160x90", "1", ["width": 320, "enlarge": true], 320, 180), ("160x90", "1", ["preset": "linkedin"], 160, 90),
        ] as [(String, String, JSONValue, Int, Int)])
    func sizes(_ size: String, _ aspect: String, _ parameters: JSONValue, _ width: Int, _ height: Int) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mkv")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=0.4,setsar=\(aspect)", "-c:v", "ffv1", film])
        let (paths, _) = try await fixture.encode("video.transcode", parameters, on: [film])
        let seen = try await fixture.probe(paths[0])
        #expect(seen["width"] == "\(width)" && seen["height"] == "\(height)", "\(seen)")
        #expect(["1:1", "N/A"].contains(seen["sample_aspect_ratio"] ?? "N/A"))
    }

    @Test func highDynamicRangeIsKeptOrBroughtDown() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("hdr.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=0.4", "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params",
            "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:max-cll=1000,400"
                + ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)", film,
        ])
        let (kept, _) = try await fixture.encode("video.transcode", ["codec": "h265", "container": "mp4"], on: [film])
        let seen = try await fixture.probe(kept[0])
        #expect(seen["pix_fmt"] == "yuv420p10le" && seen["color_transfer"] == "smpte2084", "\(seen)")
        #expect(seen["color_primaries"] == "bt2020" && seen["color_space"] == "bt2020nc" && seen["max_content"] == "1000")
        #expect(seen["max_luminance"]?.hasPrefix("10000000/10000") == true)
        let (plain, measured) = try await fixture.encode("video.transcode", on: [film])
        let shown = try await fixture.probe(plain[0])
        #expect(shown["pix_fmt"] == "yuv420p" && shown["color_transfer"] == "bt709" && shown["color_space"] == "bt709", "\(shown)")
        #expect(measured["output"]?["is_tone_mapped"] == true)
    }

    @Test func fieldsBecomeFrames() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("fields.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x96:r=50:d=1", "-vf", "tinterlace=interleave_top,fieldorder=tff", "-c:v",
            "mpeg2video", "-flags", "+ilme+ildct", "-q:v", "3", film,
        ])
        let (paths, measured) = try await fixture.encode("video.transcode", on: [film])
        #expect(measured["output"]?["is_deinterlaced"] == true, "\(measured)")
        #expect(try await fixture.probe(paths[0])["nb_read_frames"] == "25")
        let (_, left) = try await fixture.encode("video.transcode", ["deinterlace": "off"], on: [film])
        #expect(left["output"]?["is_deinterlaced"] == false)
    }

    @Test func variableRatesKeepTheirTimesOrBecomeOne() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("screen.mp4")
        // A screen that stands still between 1 and 3 seconds, and whose pictures come when they like.
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=4", "-vf",
            "select='lt(t,1)+gt(t,3)*not(mod(n,3))',settb=1/1000,setpts='PTS+9*mod(N,2)+4*mod(N,5)'", "-vsync", "passthrough",
            "-enc_time_base", "1/1000", "-c:v", "libx264", film,
        ])
        let before = try await fixture.times(film)
        let (kept, measured) = try await fixture.encode("video.transcode", on: [film])
        let after = try await fixture.times(kept[0])
        #expect(
            measured["output"]?["frames_dropped"] == 0 && before.count > 30 && before.count == after.count
                && zip(before, after).allSatisfy { abs($0 - $1) < 0.002 }, "\(before) \(after)")
        let (steady, _) = try await fixture.encode("video.transcode", ["frame_rate": 30], on: [film])
        let times = try await fixture.times(steady[0])
        #expect((117...121).contains(times.count) && zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - 1 / 30) < 0.001 })
    }

    @Test func twoPassesMeetASize() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("noise.mp4")
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=8,noise=alls=60:allf=t", "-c:v", "libx264", "-crf", "10", film])
        for codec in ["h264", "h265", "vp9"] {
            let (paths, measured) = try await fixture.encode(
                "video.transcode", ["codec": .string(codec), "target_size_bytes": 300_000, "speed": "veryfast"], on: [film])
            let size = try #require(try FileManager.default.attributesOfItem(atPath: paths[0])[.size] as? Int)
            #expect((255_000...318_000).contains(size), "\(codec): \(size)")
            #expect(measured["passes"] == 2)
        }
    }

    @Test func tagsAndChaptersAreKept() async throws {
        let fixture = try VideoFixture()
        let (film, notes) = (fixture.path("film.mkv"), fixture.path("notes.txt"))
        let text =
            ";FFMETADATA1\ntitle=A film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"
            + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n"
        try text.write(toFile: notes, atomically: true, encoding: .utf8)
        try await fixture.ffmpeg(["-i", try await clip(fixture), "-i", notes, "-map_metadata", "1", "-c", "copy", film])
        let (paths, _) = try await fixture.encode("video.transcode", on: [film])
        let run = try await CommandRun.run("ffprobe", ["-v", "error", "-show_chapters", "-show_format", paths[0]])
        #expect(run.output.contains("TAG:title=A film") && run.output.contains("TAG:title=Two"), "\(run.output)")
    }

    @Test func aLadderPlays() async throws {
        let fixture = try VideoFixture()
        let film = try await clip(fixture)
        let shown = try await fixture.pictures(film)
        for kind in ["hls", "hls-ts"] {
            let (paths, measured) = try await fixture.encode(
                "video.transcode",
                [
                    "streaming": .string(kind), "ladder": "360,90,64", "segment_s": 1, "packing": "files", "speed": "ultrafast",
                ], on: [film])
            let master = try #require(paths.first)
            #expect(master.hasSuffix("master.m3u8") && measured["renditions"]?.arrayValue?.count == 3, "\(measured)")
            let text = try String(contentsOfFile: master, encoding: .utf8)
            #expect(text.contains("RESOLUTION=160x90") && text.contains("CODECS=\"avc1."), "\(text)")
            let seen = try await fixture.probe(master)
            #expect(seen["nb_read_frames"] == "50", "\(seen)")
            let list = try String(contentsOfFile: try #require(paths.first { $0.hasSuffix("video-90.m3u8") }), encoding: .utf8)
            #expect(list.components(separatedBy: "#EXTINF:1.000").count == 3, "\(list)")
            // Each rung shows what the film shows, frame by frame.
            for path in paths where path.contains(/\/video-[0-9]+\.m3u8$/) {
                let pictures = try await fixture.pictures(path)
                try #require(pictures.count == 50, "\(path)")
                for (number, (one, other)) in zip(pictures, shown).enumerated() {
                    let apart = zip(one, other).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                    #expect(apart < 4 * one.count, "\(path), frame \(number): \(Double(apart) / Double(one.count))")
                }
            }
        }
        let (packed, _) = try await fixture.encode(
            "video.transcode", ["streaming": "hls", "ladder": "64"], on: [try await clip(fixture)])
        #expect(packed.count == 1 && packed[0].hasSuffix(".zip"))
    }

    @Test(
        arguments: [
            (["container": "webm", "codec": "h264"], "output-not-possible"),
            (["codec": "h264", "quality": 60], "output-not-possible"),
            (["target_size_bytes": 1], "output-not-possible"), (["target_size_bytes": 0], "out-of-range"),
            (["passes": 2], "output-not-possible"), (["container": "webm", "audio": "aac"], "output-not-possible"),
            (["streaming": "hls", "ladder": "big"], "output-not-possible"), (["encoder": "hardware"], "media-unsupported"),
        ] as [(JSONValue, String)])
    func whatCanNotBeIsTold(_ parameters: JSONValue, _ code: String) async throws {
        let fixture = try VideoFixture()
        let clip = try await clip(fixture)
        let told = await fixture.fails("video.transcode", parameters, on: [clip])
        // Where a graphics card is, hardware is no fault.
        #expect(told == code || parameters["encoder"] != nil && told == nil)
    }

    /// The sound is in the rates of a playlist once; of one segment the highest is the average.
    @Test func ratesOfStreamsHoldTheSoundOnce() async throws {
        let fixture = try VideoFixture()
        let film = try await clip(fixture)
        let (paths, measured) = try await fixture.encode(
            "video.transcode",
            ["streaming": "hls", "ladder": "64", "segment_s": 10, "audio_bit_rate": 64_000, "packing": "files"], on: [film])
        let master = try String(contentsOfFile: try #require(paths.first { $0.hasSuffix("master.m3u8") }), encoding: .utf8)
        let rates = master.matches(of: /BANDWIDTH=(\d+)/).compactMap { Int($0.output.1) }
        #expect(rates.count == 2 && rates[0] >= rates[1] && rates[0] - rates[1] < 1000, "\(master) \(measured)")
    }

    /// A rate of its own takes no frame from the end.
    @Test(arguments: [(25, 50), (50, 100), (10, 20)])
    func theLastFrameIsSeenAtEveryRate(_ rate: Int, _ count: Int) async throws {
        let fixture = try VideoFixture()
        let film = try await clip(fixture)
        let (paths, measured) = try await fixture.encode(
            "video.transcode", ["frame_rate": JSONValue(rate), "speed": "ultrafast"], on: [film])
        let times = try await fixture.times(paths[0])
        #expect(times.count == count, "\(times) \(measured)")
    }
}
