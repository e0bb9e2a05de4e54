import AudioCore
import Contracts
import Jobs
import Media
import Primitives
import TestSupport
import Testing

/// What strangers hand in: each fails with a code and a sentence, in every operation.
@Suite(.computing) struct BadInputTests {
    private static let operations = ["audio.probe", "audio.convert", "audio.loudness", "audio.normalize"]

    private func expectFailure(_ code: Set<String>, _ fixture: MediaFixture, _ path: String, in operations: [String] = operations)
        async
    {
        for operation in operations {
            do {
                _ = try await fixture.run(operation, on: path)
                Issue.record("\(operation) took \(path)")
            } catch let error as any CodedError {
                #expect(code.contains(error.code), "\(operation): \(error)")
                #expect(!error.message.isEmpty && !error.message.contains(fixture.folder.path), "paths are nobody's business")
            } catch {
                Issue.record("\(operation): \(error)")
            }
        }
    }

    @Test func notMedia() async throws {
        let fixture = try MediaFixture()
        var state: UInt32 = 7
        let noise = Bytes(
            (0..<50_000).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(truncatingIfNeeded: state >> 24)
            })
        await expectFailure(["not-media", "no-audio", "media-corrupt"], fixture, try fixture.write("noise.bin", noise))
        await expectFailure(
            ["not-media"], fixture, try fixture.write("text.wav", Bytes("This is a letter, not a recording.\n".utf8)))
        await expectFailure(["media-empty"], fixture, try fixture.write("empty.wav", []))
    }

    @Test(arguments: [
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\n/etc/passwd\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile '/etc/passwd'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    ])
    func playlistsInDisguise(text: String) async throws {
        let fixture = try MediaFixture()
        await expectFailure(["not-media"], fixture, try fixture.write("song.mp4", Bytes(text.utf8)))
    }

    @Test func truncatedFiles() async throws {
        let fixture = try MediaFixture()
        let whole = try fixture.read(await fixture.make("whole.flac", "-f lavfi -i anoisesrc=sample_rate=48000 -t 8"))
        let broken = try fixture.write("broken.flac", Bytes(whole.prefix(whole.count / 2 + 1)))
        await expectFailure(["media-truncated"], fixture, broken)
        let movie = try fixture.read(await fixture.make("whole.m4a", "-f lavfi -i sine -t 4"))
        await expectFailure(["not-media"], fixture, try fixture.write("broken.m4a", Bytes(movie.prefix(movie.count / 2))))
        let wave = try fixture.read(await fixture.make("whole.wav", "-f lavfi -i sine -t 4"))
        let headerOnly = try fixture.write("header.wav", Bytes(wave.prefix(44)))
        await expectFailure(["media-empty", "not-media", "media-truncated"], fixture, headerOnly)
    }

    @Test func streamWithoutSamples() async throws {
        let fixture = try MediaFixture()
        let nothing = try await fixture.make("nothing.wav", "-f lavfi -i anullsrc=sample_rate=48000 -t 0 -c:a pcm_s16le")
        await expectFailure(["media-empty"], fixture, nothing, in: ["audio.convert", "audio.loudness", "audio.normalize"])
    }

    @Test func samplesThatAreNotNumbers() async throws {
        let fixture = try MediaFixture()
        var wave = try fixture.read(await fixture.make("float.wav", "-f lavfi -i sine=sample_rate=48000 -t 1 -c:a pcm_f32le"))
        wave.replaceSubrange(wave.count - 4000..<wave.count - 3996, with: [0, 0, 0xC0, 0x7F])
        await expectFailure(
            ["audio-not-finite"], fixture, try fixture.write("nan.wav", wave),
            in: ["audio.probe", "audio.loudness", "audio.normalize"])
    }

    @Test func namesAreMadeSafe() async throws {
        let fixture = try MediaFixture()
        let tone = try await fixture.make("tone.wav", "-f lavfi -i sine -t 1")
        let (file, _) = try await fixture.run("audio.convert", ["format": "flac"], on: tone, named: "../../a \"b\"\n/c;d.wav")
        #expect(file == fixture.outputs.appending("c;d.flac"))
    }

    @Test(
        arguments: [
            ["preset": "loud"], ["target_lufs": -80], ["target_lufs": "NaN"], ["bit_depth": 12], ["colour": "red"],
            ["true_peak_dbtp": 3],
        ] as [JSONValue])
    func parametersAreChecked(parameters: JSONValue) throws {
        let operation = try #require(AudioOperations.catalogue["audio.normalize"])
        #expect(throws: SchemaError.self) { try operation.canonicalParameters(parameters) }
    }
}
