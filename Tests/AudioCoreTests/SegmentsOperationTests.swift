import AudioCore
import Contracts
import Jobs
import Primitives
import TestSupport
import Testing

@Suite(.computing, .enabled(if: InstalledModels.areWanted, "deploy/models install puts the models here"))
struct SegmentsOperationTests {
    private func segments(_ fixture: MediaFixture, _ files: [String]) throws -> [(Double, Double, String)] {
        let document = try JSONValue(parsing: fixture.read(files[0]))
        return try #require(document["segments"]?.arrayValue).map {
            ($0.number("start_seconds") ?? -1, $0.number("end_seconds") ?? -1, $0["kind"]?.stringValue ?? "")
        }
    }

    /// Speech, silence, chords of plucked strings, and noise, told apart; the places of the changes to half a second or so.
    @Test func kindsAreToldApart() async throws {
        let fixture = try MediaFixture()
        let text = "This is a recording of somebody who speaks for a while, so that there is enough to hear. It goes on and on."
        try await MediaFixture.command("espeak-ng", ["-s", "150", "-w", fixture.path("voice.wav"), text])
        let pluck = ["synth", "6", "pluck", "A3", "pluck", "C4", "pluck", "E4", "pluck", "A4", "repeat", "0", "gain", "-12"]
        try await MediaFixture.command(
            "sox", ["-n", "-r", "16000", "-c", "1", fixture.path("music.wav")] + pluck)
        let filter = """
            [0:a]aresample=16000,apad,atrim=end=6[a];[1:a]atrim=end=2[b];[2:a]atrim=end=6[c];[3:a]atrim=end=6[d];\
            [a][b][c][d]concat=n=4:v=0:a=1
            """
        let file = try await fixture.make(
            "all.wav",
            """
            -i voice.wav -f lavfi -i anullsrc=r=16000:cl=mono -i music.wav -f lavfi -i anoisesrc=c=pink:a=0.2:r=16000:s=4 \
            -filter_complex \(filter) -c:a pcm_s16le
            """)
        let (files, measurements) = try await fixture.run("audio.segments", [:], on: [file])
        let found = try segments(fixture, files)
        #expect(found.map(\.2) == ["speech", "silence", "music", "noise"], "\(found)")
        for (segment, start) in zip(found, [0.0, 6, 8, 14]) { #expect(abs(segment.0 - start) < 0.8, "\(found)") }
        #expect(found.last?.1 == 20 && measurements.number("duration_seconds") == 20)
        let text2 = String(decoding: try fixture.read(files[1]), as: UTF8.self)
        #expect(text2.hasPrefix("start_seconds,end_seconds,kind,silence,speech,music,noise\r\n0.0,"))
        let labels = String(decoding: try fixture.read(files[2]), as: UTF8.self)
        #expect(labels.split(separator: "\n").count == 4 && labels.hasSuffix("\t20.0\tnoise\n"))
    }

    @Test(arguments: [
        ("anullsrc=r=48000:d=3", "silence", 3.0), ("sine=r=48000:d=1,atrim=end_sample=1", "", 0.0),
        ("anoisesrc=d=3:a=0.2:r=8000:c=white:s=2", "noise", 3),
        ("anoisesrc=d=3:a=0.2:r=48000:c=white:s=2,aformat=channel_layouts=5.1", "noise", 3),
    ]) func oddSounds(source: String, kind: String, seconds: Double) async throws {
        let fixture = try MediaFixture()
        let file = try await fixture.make("odd.wav", "-f lavfi -i \(source) -c:a pcm_s16le")
        let (files, _) = try await fixture.run("audio.segments", ["formats": "json"], on: [file])
        let found = try segments(fixture, files)
        #expect(found.count <= 1)
        if !kind.isEmpty {
            #expect(found.first?.2 == kind)
            #expect(abs((found.first?.1 ?? 0) - seconds) < 0.01)
        }
    }

    @Test func samplesThatAreNotNumbersAreRefused() async throws {
        let fixture = try MediaFixture()
        var wave = try fixture.read(await fixture.make("float.wav", "-f lavfi -i sine=sample_rate=48000 -t 1 -c:a pcm_f32le"))
        wave.replaceSubrange(wave.count - 4000..<wave.count - 3996, with: [0, 0, 0xC0, 0x7F])
        let broken = try fixture.write("nan.wav", wave)
        await #expect(throws: AudioError.notFinite) { try await fixture.run("audio.segments", on: broken) }
    }

    @Test(arguments: [(["formats": "xml"], "output-not-possible"), ([:], "model-missing")] as [(JSONValue, String)])
    func whatCanNotBeDoneIsRefusedAtOnce(parameters: JSONValue, code: String) throws {
        let operation = try #require(AudioOperations.catalogue["audio.segments"])
        let error = #expect(throws: JobProblem.self) {
            try operation.check(try operation.canonicalParameters(parameters), resources: ["models": "/nonexistent"])
        }
        #expect(error?.code == code)
    }
}
