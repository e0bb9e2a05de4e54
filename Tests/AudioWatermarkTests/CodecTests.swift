import Glibc
import Primitives
import TestSupport
import Testing

@testable import AudioWatermark

/// What lossy codecs leave is enough.
@Suite(.computing) struct CodecTests {
    private static let rate = 24_000

    @Test(arguments: [
        ("mp3", ["-c:a", "libmp3lame", "-b:a", "64k"]), ("m4a", ["-c:a", "aac", "-b:a", "48k"]),
        ("opus", ["-c:a", "libopus", "-b:a", "32k"]),
    ]) func coded(suffix: String, options: [String]) async throws {
        let folder = try TemporaryFolder("watermark")
        let marked = try Marking.embed([Material.music.make(seconds: 20, sampleRate: Self.rate)], sampleRate: Self.rate)[0]
        try Self.write(marked, to: folder.appending("in.f32"))
        let raw = ["-f", "f32le", "-ar", "\(Self.rate)", "-ac", "1"]
        let quiet = ["-nostdin", "-v", "error"]
        let coded = folder.appending("coded." + suffix)
        for arguments in [
            raw + ["-i", folder.appending("in.f32")] + options + [coded], ["-i", coded] + raw + [folder.appending("out.f32")],
        ] {
            let run = try await CommandRun.run("ffmpeg", quiet + arguments)
            try #require(run.status == 0, "\(run.errors)")
        }
        let found = try Marking.detect([try Self.read(folder.appending("out.f32"))], sampleRate: Self.rate)
        #expect(found.map(\.identifier) == [Marking.identifier])
    }

    private static func write(_ samples: [Float], to path: String) throws {
        let file = try #require(fopen(path, "wb"))
        defer { fclose(file) }
        #expect(fwrite(samples, 4, samples.count, file) == samples.count)
    }

    private static func read(_ path: String) throws -> [Float] {
        let file = try #require(fopen(path, "rb"))
        defer { fclose(file) }
        var samples = [Float](repeating: 0, count: 40 * rate)
        let count = fread(&samples, 4, samples.count, file)
        return Array(samples.prefix(count))
    }
}
