import AudioFingerprint
import Glibc
import Primitives
import TestSupport
import Testing

/// The same sound is found, and where it is; other sound is not.
@Suite(.computing) struct MatchingTests {
    @Test(arguments: [
        ("mp3", ["-b:a", "64k"]), ("mp3", ["-b:a", "128k", "-ar", "44100", "-ac", "2"]), ("opus", ["-b:a", "24k"]),
        ("m4a", ["-b:a", "48k", "-ar", "44100"]), ("wav", ["-af", "volume=-20dB"]),
        ("wav", ["-af", "equalizer=f=2000:t=o:w=1:g=6"]),
        ("wav", ["-af", "acompressor=threshold=0.05:ratio=4"]),
    ]) func copiesMatch(suffix: String, options: [String]) async throws {
        let folder = try TemporaryFolder("fingerprint")
        let tune = Tune(seed: 31, seconds: 16)
        let path = folder.appending("copy." + suffix)
        try await tune.write(path, options)
        let match = try #require(try await Fingerprinting.run(path).whole.match(in: Fingerprinting.make(tune)))
        #expect(abs(match.offset) < 0.2 && match.score > 0.8 && match.duration > 14, "\(match)")
    }

    @Test(arguments: [7.3, 21.05, 33.33]) func clipIsFoundAtItsPlace(start: Double) async throws {
        let folder = try TemporaryFolder("fingerprint")
        let tune = Tune(seed: 32, seconds: 48)
        let path = folder.appending("clip.mp3")
        try await tune.write(path, ["-ss", "\(start)", "-t", "12", "-b:a", "64k"])
        let (clip, whole) = (try await Fingerprinting.run(path).whole, try Fingerprinting.make(tune))
        let match = try #require(clip.match(in: whole))
        #expect(abs(match.offset - start) < 0.2 && abs(match.duration - 12) < 1, "\(match)")
        let back = try #require(whole.match(in: clip))
        #expect(abs(back.offset + start) < 0.2 && abs(back.queryStart - start) < 1, "\(back)")
    }

    @Test func sharedPartIsFoundWithItsEnds() throws {
        let (shared, one, other) = (Tune(seed: 33, seconds: 15), Tune(seed: 34, seconds: 20), Tune(seed: 35, seconds: 9))
        let first = try Fingerprinting.make(one.quantized + shared.quantized + other.quantized)
        let second = try Fingerprinting.make(other.quantized + shared.quantized + one.quantized)
        let match = try #require(first.match(in: second))
        // The longest part that both have is the 20 seconds at the first's beginning.
        #expect(abs(match.queryStart) < 1 && abs(match.start - 24) < 1 && abs(match.duration - 20) < 2, "\(match)")
        let third = try Fingerprinting.make(Tune(seed: 36, seconds: 9).quantized + shared.quantized)
        let part = try #require(first.match(in: third))
        #expect(abs(part.offset + 11) < 0.2 && abs(part.duration - 15) < 2, "\(part)")
    }

    @Test func othersDoNotMatch() throws {
        let tunes = try (40..<52).map { try Fingerprinting.make(Tune(seed: $0, seconds: 16)) }
        for first in tunes.indices {
            for second in tunes.indices where second > first { #expect(tunes[first].match(in: tunes[second]) == nil) }
        }
    }

    @Test func speakersOfOneTextDoNotMatch() async throws {
        let folder = try TemporaryFolder("fingerprint")
        let text = "The studio takes a recording, and measures how loud it is, and brings it to where listeners expect it. "
        var spoken: [Fingerprint] = []
        for (voice, words) in [("en", text + text), ("en+f3", text + text), ("en", "Another sentence, quite unlike. " + text)] {
            let path = folder.appending("speech\(spoken.count).wav")
            let run = try await CommandRun.run("espeak-ng", ["-v", voice, "-w", path, words])
            try #require(run.status == 0, "\(run.errors)")
            spoken.append(try await Fingerprinting.run(path).whole)
        }
        #expect(spoken[0].match(in: spoken[1]) == nil)
        #expect(spoken[0].match(in: spoken[0])?.score == 1)
        #expect(spoken[0].match(in: spoken[2]) != nil, "the same words of the same voice are the same sound")
    }

    /// What never changes tells nothing.
    @Test func silenceAndTonesDoNotMatch() throws {
        let silence = try Fingerprinting.make([Int16](repeating: 0, count: 20 * Tune.rate))
        let tone = try Fingerprinting.make(
            (0..<20 * Tune.rate).map { Int16(9000 * sin(Double($0) * 440 * 2 * .pi / Double(Tune.rate))) })
        #expect(silence.match(in: silence) == nil)
        #expect(tone.match(in: tone) == nil)
        let tune = Tune(seed: 60, seconds: 12).quantized
        let quiet = [Int16](repeating: 0, count: 10 * Tune.rate)
        #expect(
            try Fingerprinting.make(quiet + tune).match(in: Fingerprinting.make(quiet + Tune(seed: 61, seconds: 12).quantized))
                == nil)
    }
}
