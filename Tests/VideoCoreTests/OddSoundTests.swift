import Foundation
import Jobs
import Primitives
import TestSupport
import Testing
import VideoCore

/// Films whose sound is not as it should be: every operation that touches sound gives a film that plays, or tells why not.
@Suite(.computing) struct OddSoundTests {
    enum Sound: String, CaseIterable, Sendable {
        case silence, offset, clipping, integers, huge, notNumbers, infinite, oneSample, telephone, surround, sevenOne, eightAt192

        /// Channels and samples a second.
        var form: (channels: Int, rate: Int) {
            switch self {
            case .telephone: (1, 8000)
            case .surround: (6, 48_000)
            case .sevenOne: (8, 48_000)
            case .eightAt192: (8, 192_000)
            default: (2, 48_000)
            }
        }

        /// A sample of it.
        func sample(_ index: Int, _ channel: Int) -> Float {
            let tone = 0.3 * Float(sin(Double(index) * 2 * .pi * 440 / Double(form.rate)))
            switch self {
            case .silence: return 0
            case .offset: return 0.9
            case .clipping: return tone < 0 ? -30 : 30
            case .integers: return tone * 8_388_607
            case .huge: return tone < 0 ? -3e38 : 3e38
            case .notNumbers: return index % 100 == 3 ? .nan : tone
            case .infinite: return index % 100 == 3 ? .infinity : tone
            default: return tone
            }
        }
    }

    /// A second of pictures, with the sound as 32-bit floats.
    private func film(_ sound: Sound, _ fixture: VideoFixture) async throws -> (film: String, sound: String) {
        let (channels, rate) = sound.form
        let count = sound == .oneSample ? 1 : rate
        var bytes = Data()
        for index in 0..<count {
            for channel in 0..<channels { withUnsafeBytes(of: sound.sample(index, channel)) { bytes += $0 } }
        }
        let raw = fixture.path("sound.raw")
        try bytes.write(to: URL(fileURLWithPath: raw))
        let (film, track) = (fixture.path("film.mkv"), fixture.path("sound.wav"))
        let read = ["-f", "f32le", "-ar", "\(rate)", "-ac", "\(channels)", "-i", raw]
        try await fixture.ffmpeg(read + ["-c:a", "pcm_f32le", track])
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=1"] + read + [
                "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "pcm_f32le", film,
            ])
        return (film, track)
    }

    @Test(arguments: Sound.allCases) func itIsTakenOrTold(_ sound: Sound) async throws {
        let fixture = try VideoFixture()
        let (film, track) = try await film(sound, fixture)
        let captions = try fixture.write(Bytes("1\n00:00:00,100 --> 00:00:00,800\nHi\n".utf8), "c.srt")
        let timeline: JSONValue = [
            "canvas": ["width": 64, "height": 32, "frame_rate": 25], "video": [["clip": "film.mp4"]],
            "audio": [["clips": [["file": "film.mp4"]]]],
        ]
        let fast: JSONValue = ["speed": "ultrafast", "container": "mp4"]
        let cases: [(String, JSONValue, [String])] = [
            ("video.transcode", ["speed": "ultrafast", "preset": "youtube"], [film]), ("video.captions", fast, [film, captions]),
            (
                "video.variants", ["speed": "ultrafast", "count": 1, "ranges": ["speed": [1.2, 1.2], "trim_start_s": [0, 0]]],
                [film]
            ),
            ("video.concat", ["road": "encode", "speed": "ultrafast"], [film, film]),
            ("video.assemble", ["timeline": timeline, "speed": "ultrafast"], [film]), ("video.audio", ["format": "mp3"], [film]),
            ("video.audio", ["format": "opus"], [film]), ("video.audio", ["action": "replace"], [film, track]),
            ("video.audio", ["action": "mix"], [film, track]), ("video.checks", [:], [film]), ("video.probe", [:], [film]),
            ("video.split", ["at": "times", "times": "0.5", "speed": "ultrafast"], [film]),
        ]
        for (operation, parameters, inputs) in cases {
            let what: Comment = "\(sound.rawValue): \(operation) \(parameters)"
            do {
                let (paths, measured) = try await fixture.encode(operation, parameters, on: inputs)
                #expect(measured.serialized().count > 10, what)
                for path in paths where !path.hasSuffix(".json") && !path.hasSuffix(".csv") && !path.hasSuffix(".txt") {
                    let run = try await CommandRun.run("ffmpeg", ["-v", "error", "-i", path, "-f", "null", "-"])
                    #expect(run.status == 0 && run.errors.isEmpty, "\(what) \(run.errors)")
                    try await expectNumbers(path, of: sound, what)
                }
            } catch let error as any CodedError {
                let codes: Set = sound == .oneSample ? ["media-empty", "no-audio"] : ["audio-not-finite"]
                #expect(
                    codes.contains(error.code) && [.oneSample, .huge, .notNumbers, .infinite].contains(sound),
                    "\(what) \(error.code): \(error.message)")
            }
        }
    }

    /// What comes out can be heard: no sample is none, and none is far above full scale or what came in.
    private func expectNumbers(_ path: String, of sound: Sound, _ what: Comment) async throws {
        let raw = path + ".f32"
        let run = try await CommandRun.run("ffmpeg", ["-v", "error", "-i", path, "-vn", "-f", "f32le", raw])
        guard run.status == 0 else { return }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: raw))
        let peak = bytes.withUnsafeBytes {
            $0.bindMemory(to: Float.self).reduce(Float(0)) { $1.isFinite ? max($0, abs($1)) : .infinity }
        }
        // Two tracks make twice as much, and encoders a little more of it.
        let loudest = (0..<1000).map { abs(sound.sample($0, 0)) }.filter(\.isFinite).reduce(1, max)
        #expect(peak.isFinite && peak <= min(4 * loudest, .greatestFiniteMagnitude), "\(what) \(peak)")
    }
}
