import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// The sound of a second file beside the pictures of the first.
@Suite(.computing) struct SoundExchangeTests {
    /// MOV holds what MP4 does not, though one demuxer reads both.
    @Test(arguments: ["replace", "add", "mix"])
    func picturesOfQuickTimeStayAsTheyAre(_ action: String) async throws {
        let fixture = try VideoFixture()
        let (film, voice, opus) = (fixture.path("film.mov"), fixture.path("voice.mp3"), fixture.path("voice.opus"))
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=2", "-f", "lavfi", "-i", "sine=r=48000:d=2", "-c:v", "prores_ks",
            "-profile:v", "0", "-c:a", "pcm_s16le", film,
        ])
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=f=2000:d=2:r=48000", voice])
        try await fixture.ffmpeg(["-i", voice, "-c:a", "libopus", opus])
        for sound in [voice, opus] {
            let (paths, _) = try await fixture.encode("video.audio", ["action": .string(action)], on: [film, sound])
            let seen = try await fixture.probe(paths[0])
            #expect(seen["codec_name"] == "prores" && seen["nb_read_frames"] == "50" && paths[0].hasSuffix(".mov"), "\(paths)")
            #expect(try await fixture.pictures(paths[0]) == fixture.pictures(film))
            let run = try await CommandRun.run(
                "ffprobe",
                ["-v", "error", "-select_streams", "a", "-show_entries", "stream=codec_name", "-of", "csv=p=0", paths[0]])
            #expect(run.output.split(separator: "\n").count == (action == "add" ? 2 : 1), "\(run.output)")
        }
    }

    /// Music goes on where the video's own sound has ended, up to the end of the pictures.
    @Test func theMixLastsAsLongAsThePictures() async throws {
        let fixture = try VideoFixture()
        let (film, music) = (fixture.path("film.mp4"), fixture.path("music.wav"))
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=6", "-f", "lavfi", "-i", "sine=f=300:r=48000:d=1", "-c:v", "libx264",
            film,
        ])
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=f=2000:d=9:r=44100", music])
        let (paths, measured) = try await fixture.encode("video.audio", ["action": "mix"], on: [film, music])
        let sound = try await fixture.probe(paths[0], "a")
        #expect(abs((Double(sound["duration"] ?? "") ?? 0) - 6) < 0.15, "\(sound) \(measured)")
        let run = try await CommandRun.run(
            "ffmpeg", ["-i", paths[0], "-af", "silencedetect=n=-40dB:d=0.2", "-f", "null", "-"])
        #expect(!run.errors.contains("silence_start"), "\(run.errors)")
    }
}
