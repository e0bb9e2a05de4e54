import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore

@Suite(.computing) struct AssembleSoundTests {
    private static let rate = 48_000

    private func assemble(
        _ fixture: VideoFixture, _ members: [String: JSONValue], on paths: [String]
    ) async throws -> (path: String, measurements: JSONValue) {
        let canvas: JSONValue = ["width": 32, "height": 32, "frame_rate": "30000/1001"]
        let (files, measured) = try await fixture.run(
            "video.assemble",
            [
                "timeline": .object(["canvas": canvas].merging(members) { $1 }), "quality": 0, "speed": "ultrafast",
                "container": "mkv",
            ],
            on: paths)
        return (try fixture.write(files["assembled.mkv"] ?? [], "result-\(UUID().uuidString).mkv"), measured)
    }

    private func sound(_ path: String, _ fixture: VideoFixture) async throws -> [Float] {
        try await fixture.ffmpeg(["-i", path, "-f", "f32le", "-ac", "1", "-ar", "\(Self.rate)", path + ".f32"])
        return try Data(contentsOf: URL(filePath: path + ".f32")).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    private func level(_ samples: [Float], _ from: Double, _ to: Double) -> Float {
        let part = samples[Int(from * Double(Self.rate))..<min(samples.count, Int(to * Double(Self.rate)))]
        return (part.reduce(0) { $0 + $1 * $1 } / Float(max(1, part.count))).squareRoot()
    }

    /// A flash and a click three minutes in come at one time: places are counted, not added up.
    @Test func soundAndPicturesStayTogether() async throws {
        let fixture = try VideoFixture()
        let click = fixture.path("click.wav")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "aevalsrc='0.9*sin(2*PI*1000*t)':d=0.2:s=44100", click])
        let cards = (0..<36).map { number -> JSONValue in ["color": number % 2 == 0 ? "#000000" : "#010101", "duration_s": 4.9] }
        let (path, measured) = try await assemble(
            fixture,
            [
                "video": .array(cards + [["color": "#ffffff", "duration_s": 1, "start_s": 180]]),
                "audio": [["clips": [["file": "click.wav", "start_s": 180]]]],
            ], on: [click])
        #expect(measured["frames"] == 5425, "\(measured)")
        let times = try await CommandRun.run(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v", "-read_intervals", "170", "-show_entries", "packet=pts_time", "-of",
                "csv=p=0", path,
            ])
        #expect(!times.output.isEmpty)
        let brightness = try await CommandRun.run(
            "ffmpeg",
            [
                "-v", "error", "-ss", "175", "-copyts", "-i", path, "-vf",
                "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-", "-f", "null", "-",
            ])
        var (flash, time): (Double?, Double) = (nil, 0)
        for line in brightness.output.split(separator: "\n") {
            if let place = line.range(of: "pts_time:") {
                time = Double(line[place.upperBound...].trimmingPrefix(" ").prefix { !$0.isWhitespace }) ?? 0
            }
            if line.contains("YAVG="), let value = Double(line.split(separator: "=")[1]), value > 200, flash == nil { flash = time }
        }
        let samples = try await sound(path, fixture)
        let heard = try #require(samples.firstIndex { abs($0) > 0.2 })
        #expect(abs(Double(heard) / Double(Self.rate) - (try #require(flash))) < 0.02, "\(heard) \(flash ?? 0)")
    }

    @Test func musicMakesRoomForSpeech() async throws {
        let fixture = try VideoFixture()
        let (music, voice) = (fixture.path("music.wav"), fixture.path("voice.wav"))
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=f=300:d=1:r=48000", "-af", "volume=4", music])
        // A voice that is heard by its band alone: 3 kHz.
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=f=3000:d=2:r=48000", "-af", "volume=4", voice])
        let (path, measured) = try await assemble(
            fixture,
            [
                "video": [["color": "#000000", "duration_s": 6]],
                "audio": [
                    ["role": "speech", "clips": [["file": "voice", "start_s": 2]]],
                    ["duck": true, "clips": [["file": "music", "loop": true, "fade_out_s": 1]]],
                ],
            ], on: [music, voice])
        #expect((2.0...3.2).contains(measured["ducked_seconds"]?.doubleValue ?? 0), "\(measured)")
        let low = path + ".wav"
        try await fixture.ffmpeg(["-i", path, "-af", "lowpass=f=800,lowpass=f=800,lowpass=f=800", low])
        let samples = try await sound(low, fixture)
        let (before, during) = (level(samples, 0.5, 1.5), level(samples, 2.5, 3.5))
        #expect(before / during > 3 && before / during < 5, "12 dB: \(before) \(during)")
        #expect(level(samples, 5.8, 6) < before / 4, "and goes out at the end")
    }

    @Test func soundOfClipsFollowsTheirTransitions() async throws {
        let fixture = try VideoFixture()
        func film(_ name: String, _ tone: Int) async throws -> String {
            try await fixture.ffmpeg([
                "-f", "lavfi", "-i", "color=gray:s=32x32:r=30000/1001:d=2", "-f", "lavfi", "-i", "sine=f=\(tone):d=2:r=48000",
                "-c:v", "libx264",
                "-c:a", "pcm_s16le", fixture.path(name),
            ])
            return fixture.path(name)
        }
        let paths = [try await film("a.mkv", 500), try await film("b.mkv", 4000)]
        let (path, _) = try await assemble(
            fixture,
            [
                "video": [
                    ["clip": "a.mkv"], ["clip": "b.mkv", "gain_db": 6, "transition": ["duration_s": 1]],
                    ["clip": "a.mkv", "mute": true],
                ]
            ],
            on: paths)
        let samples = try await sound(path, fixture)
        #expect(level(samples, 2.1, 2.9) / level(samples, 0.1, 0.9) > 1.8, "6 dB louder")
        #expect(level(samples, 3.2, 4.5) < 0.001, "muted")
        let low = path + ".wav"
        try await fixture.ffmpeg(["-i", path, "-af", "lowpass=f=1000,lowpass=f=1000", low])
        let first = try await sound(low, fixture)
        #expect(level(first, 1.7, 1.9) < level(first, 1.0, 1.2) / 2 && level(first, 2.2, 2.8) < level(first, 0.2, 0.8) / 10)
    }

    /// Sound whose clock runs slower than its samples: a click at its end comes when the file's clock says.
    @Test(arguments: [1.0008, 0.9992])
    func soundKeepsToItsOwnClock(_ factor: Double) async throws {
        let fixture = try VideoFixture()
        let clip = fixture.path("clip.mkv")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:s=32x32:r=30000/1001:d=62", "-f", "lavfi", "-i",
            "aevalsrc='0.9*sin(2*PI*1000*t)*(between(t,0.5,0.6)+between(t,59.5,59.6))':d=61:s=48000", "-c:v", "libx264", "-c:a",
            "pcm_s16le", "-bsf:a", "setts=pts=PTS*\(factor):dts=DTS*\(factor)", clip,
        ])
        let (path, _) = try await assemble(fixture, ["video": [["clip": "clip.mkv"]]], on: [clip])
        let samples = try await sound(path, fixture)
        let rate = Double(Self.rate)
        let first = Double(try #require(samples.firstIndex { abs($0) > 0.2 })) / rate
        let last = Double(try #require(samples[Int(30 * rate)...].firstIndex { abs($0) > 0.2 })) / rate
        // Both are as much later as the encoder needs to begin.
        #expect(abs(first - 0.5) < 0.03 && abs(last - first - 59 * factor) < 0.012, "\(first) \(last)")
    }

    /// Times that a container rounds to milliseconds are no reason to touch a sample.
    @Test func soundThatIsOnTimeStaysAsItIs() async throws {
        let fixture = try VideoFixture()
        let (plain, film) = (fixture.path("plain.wav"), fixture.path("film.mkv"))
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "anoisesrc=d=20:r=44100:seed=3", "-c:a", "pcm_s16le", plain])
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:s=32x32:r=25:d=20", "-i", plain, "-c:v", "libx264", "-c:a", "pcm_s16le", film,
        ])
        let (files, _) = try await fixture.run("video.audio", ["format": "wav"], on: film)
        let made = try fixture.write(files.first?.value ?? [], "made.wav")
        try await fixture.ffmpeg(["-i", made, "-f", "md5", made + ".md5"])
        try await fixture.ffmpeg(["-i", plain, "-f", "md5", plain + ".md5"])
        #expect(
            try String(contentsOfFile: made + ".md5", encoding: .utf8) == String(contentsOfFile: plain + ".md5", encoding: .utf8))
    }

    /// What an encoder puts before the first sample is dropped by the decoder: what follows comes as much later, unstretched.
    @Test(arguments: [("film.webm", ["-c:v", "libvpx", "-c:a", "libopus"]), ("film.wmv", ["-c:v", "wmv2", "-c:a", "wmav2"])])
    func soundBehindAnEncodersDelayStaysAsItIs(_ name: String, _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path(name)
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "color=gray:s=32x32:r=25:d=5", "-f", "lavfi", "-i", "sine=f=1000:r=48000:d=5"] + encoder + [film])
        let (files, _) = try await fixture.run("video.audio", ["format": "wav"], on: film)
        let made = try fixture.write(files.first?.value ?? [], "made.wav")
        let (ours, plain) = (try await sound(made, fixture), try await sound(film, fixture))
        let lead = ours.count - plain.count
        try #require((0...4800).contains(lead) && plain.count > 4 * Self.rate, "\(ours.count) samples, not \(plain.count)")
        #expect(ours[..<lead].allSatisfy { $0 == 0 })
        let difference = zip(ours[lead...], plain).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 0.0001, "\(difference) behind \(lead) samples")
    }
}
