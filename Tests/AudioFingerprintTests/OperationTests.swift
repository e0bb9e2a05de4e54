import AudioFingerprint
import Foundation
import Primitives
import TestSupport
import Testing

/// `audio.fingerprint` on files that are not as they should be.
@Suite(.computing) struct OperationTests {
    @Test func surroundIsMixedDown() async throws {
        let folder = try TemporaryFolder("fingerprint")
        let (mono, surround) = (folder.appending("mono.wav"), folder.appending("surround.flac"))
        let tune = Tune(seed: 21, seconds: 8)
        try await tune.write(mono)
        try await tune.write(surround, ["-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0"])
        let match = try await Fingerprinting.run(surround).whole.match(in: Fingerprinting.run(mono).whole)
        #expect(try #require(match).score > 0.95)
    }

    @Test func notNumbersAreSilence() async throws {
        let folder = try TemporaryFolder("fingerprint")
        let path = folder.appending("broken.wav")
        let tune = Tune(seed: 22, seconds: 8)
        let samples = tune.samples.enumerated().map { $0 % 5000 == 0 ? Float.nan : $0 % 7001 == 0 ? .infinity : $1 }
        try samples.withUnsafeBytes { try Data($0).write(to: URL(filePath: path + ".f32")) }
        let run = try await CommandRun.run(
            "ffmpeg", ["-v", "error", "-f", "f32le", "-ar", "\(Tune.rate)", "-i", path + ".f32", "-c:a", "pcm_f32le", path])
        try #require(run.status == 0, "\(run.errors)")
        #expect(try await Fingerprinting.run(path).whole.items.count > 30)
    }

    @Test func shortFileIsRefused() async throws {
        let folder = try TemporaryFolder("fingerprint")
        let path = folder.appending("short.wav")
        try await Tune(seed: 23, seconds: 1).write(path)
        await #expect(throws: FingerprintError.tooShort) { try await Fingerprinting.run(path) }
    }
}
