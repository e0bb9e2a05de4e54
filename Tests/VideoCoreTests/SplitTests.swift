import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// Pieces of a video hold all of its frames, and no other pictures than its own.
@Suite(.computing) struct SplitTests {
    /// Frames that all differ, one key frame a second, and a sound unless it is left out.
    private func film(
        _ fixture: VideoFixture, _ name: String, rate: String = "25", seconds: Int = 4, late: Double = 0, _ encoder: [String],
        sound: [String] = ["-c:a", "aac"]
    ) async throws -> String {
        try await fixture.ffmpeg(
            ["-itsoffset", "\(late)", "-f", "lavfi", "-i", "testsrc2=s=160x96:r=\(rate):d=\(seconds)"]
                + (sound.isEmpty ? [] : ["-f", "lavfi", "-i", "sine=r=48000:d=\(seconds)"])
                + ["-pix_fmt", "yuv420p"] + encoder + sound + [fixture.path(name)])
        return fixture.path(name)
    }

    /// Cuts a video and holds the frames of all pieces against the source's.
    private func isWhole(
        _ fixture: VideoFixture, _ source: String, _ wishes: [String: JSONValue]
    ) async throws -> (pieces: [JSONValue], paths: [String]) {
        let (paths, measured) = try await fixture.encode(
            "video.split", .object(wishes.merging(["at": "times", "quality": 14, "speed": "ultrafast"]) { $1 }),
            on: [source])
        var shown: [[UInt8]] = []
        for path in paths { shown += try await fixture.pictures(path) }
        let original = try await fixture.pictures(source)
        #expect(shown.count == original.count, "\(shown.count) of \(original.count) frames: \(measured)")
        let wrong = zip(shown, original).enumerated().filter { !VideoFixture.isAlike($1.0, $1.1) }.map(\.offset)
        #expect(wrong.isEmpty, "frames that are not the source's: \(wrong) \(measured)")
        return (measured["pieces"]?.arrayValue ?? [], paths)
    }

    /// AAC begins a little before the pictures, and pictures may begin long after the sound.
    @Test(
        arguments: [0, 0.5],
        [["times": "1, 2"], ["times": "1, 2.45"], ["times": "1, 2.45", "codec": "h264"]] as [[String: JSONValue]])
    func noFrameIsLostWhereTheSoundBeginsEarlier(_ late: Double, _ wishes: [String: JSONValue]) async throws {
        let fixture = try VideoFixture()
        let source = try await film(
            fixture, "film.mkv", rate: "60", late: late, ["-c:v", "libx264", "-g", "60", "-sc_threshold", "0", "-bf", "2"])
        let (pieces, paths) = try await isWhole(fixture, source, wishes)
        #expect(pieces.map { $0["frames"]?.integerValue }[0] == 60 && pieces.count == 3, "\(pieces)")
        // What is heard before the first picture is heard before it in the first piece.
        let sound = try await fixture.probe(paths[0], "a")
        #expect(abs((try await fixture.times(paths[0]).first ?? 9) - late) < 0.05)
        #expect(abs((Double(sound["duration"] ?? "") ?? 0) - late - 1) < 0.06, "\(sound)")
    }

    /// Pictures shown before a key frame that is decoded before them build on frames behind the cut.
    @Test(arguments: [
        ["-c:v", "libx265", "-preset", "veryfast", "-x265-params", "log-level=none:keyint=25"],
        ["-c:v", "libx264", "-x264-params", "keyint=26:bframes=3:open-gop=1:scenecut=0:b-adapt=0"],
        ["-c:v", "mpeg2video", "-bf", "2", "-g", "25", "-q:v", "2"],
    ])
    func openGroupsOfPicturesAreNotCopied(_ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let source = try await film(fixture, "film.mp4", encoder, sound: [])
        for precision in ["key-frames", "exact"] {
            let (pieces, _) = try await isWhole(fixture, source, ["times": "2.3", "precision": .string(precision)])
            #expect(pieces.count == 2 && pieces.allSatisfy { $0["is_copy"] == false }, "\(pieces)")
            #expect(pieces[1]["reason"] != .null && pieces[1]["encoded_frames"] == pieces[1]["frames"], "\(pieces)")
        }
    }

    /// In a transport stream a search lands between key frames, where decoders of HEVC make pictures up.
    @Test(arguments: [
        ["-c:v", "libx265", "-preset", "veryfast", "-x265-params", "log-level=none:keyint=50"],
        ["-c:v", "libx265", "-preset", "veryfast", "-x265-params", "log-level=none:keyint=50:open-gop=0:bframes=0"],
        ["-c:v", "mpeg2video", "-bf", "2", "-g", "50", "-q:v", "2"],
    ])
    func piecesOfATransportStreamBeginWithTheirOwnFrames(_ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let source = try await film(fixture, "film.ts", seconds: 9, encoder)
        let (pieces, _) = try await isWhole(fixture, source, ["times": "3.3, 5.7, 7"])
        #expect(pieces.map { $0["frames"]?.integerValue } == [83, 60, 32, 50], "\(pieces)")
    }

    /// Where some key frames can be copied from, cuts go to those.
    @Test func cutsMoveToKeyFramesThatCanBeCopiedFrom() async throws {
        let fixture = try VideoFixture()
        let parts = ["a.mp4", "b.mp4"]
        for part in parts {
            _ = try await film(
                fixture, part, seconds: 2,
                ["-c:v", "libx264", "-x264-params", "keyint=26:bframes=3:open-gop=1:scenecut=0:b-adapt=0"], sound: [])
        }
        let (joined, _) = try await fixture.encode("video.concat", on: parts.map(fixture.path))
        let (pieces, _) = try await isWhole(fixture, joined[0], ["times": "3.3", "precision": "key-frames"])
        #expect(pieces.map { $0["frames"]?.integerValue } == [50, 50] && pieces.allSatisfy { $0["is_copy"] == true }, "\(pieces)")
    }

    /// What the container can not take over as it is, is encoded.
    @Test(arguments: [
        (["-c:v", "libx264", "-g", "25"], ["-c:a", "pcm_s16le"]), (["-c:v", "prores_ks", "-profile:v", "0"], ["-c:a", "aac"]),
    ])
    func whatTheContainerDoesNotHoldIsEncoded(_ encoder: [String], _ sound: [String]) async throws {
        let fixture = try VideoFixture()
        let source = try await film(fixture, "film.mov", encoder, sound: sound)
        for precision in ["key-frames", "exact"] {
            let (pieces, paths) = try await isWhole(fixture, source, ["times": "1, 2", "precision": .string(precision)])
            #expect(
                pieces.count == 3 && pieces.allSatisfy { $0["reason"]?.stringValue?.contains("in mp4") == true }, "\(pieces)")
            #expect(try await fixture.probe(paths[1], "a")["codec_name"] == "aac")
        }
        // In a container that does, nothing is.
        let (pieces, _) = try await isWhole(fixture, source, ["times": "1, 2", "container": "mov"])
        #expect(pieces.count == 3 && pieces.allSatisfy { $0["is_copy"] == true }, "\(pieces)")
    }
}
