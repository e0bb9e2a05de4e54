import AudioCore
import Contracts
import FoundationEssentials
import Jobs
import Primitives
import Synchronization
import TestSupport
import Testing

/// What is told while somebody waits is what the transcript holds at the end.
@Suite(.computing, .enabled(if: InstalledModels.areWanted, "deploy/models install puts the models here")) struct PartialTextTests {
    /// What is told while a recording is heard, and the segments of its transcript.
    private static func told(of recording: String, _ fixture: MediaFixture) async throws -> (told: [JSONValue], kept: [JSONValue]) {
        let told = Mutex<[JSONValue]>([])
        let operation = try #require(AudioOperations.catalogue["audio.transcribe"])
        let context = JobContext(
            inputs: [.init(path: recording, name: "speech.wav", mediaType: "audio/wav")], outputFolder: fixture.outputs.path,
            resources: ["models": InstalledModels.folder]
        ) { report in
            if let partial = report.partial { told.withLock { $0.append(partial) } }
        }
        let output = try await operation.run(["language": "en", "beams": 1, "formats": "document"], in: context)
        let bytes = try fixture.read(fixture.outputs.appending(try #require(output.files.first).name))
        return (told.withLock { $0 }, try #require(try JSONValue(parsing: bytes)["segments"]?.arrayValue))
    }

    /// More repeats in a row than people say are no text, and are not told.
    @Test func repeatsAreNotTold() async throws {
        let fixture = try MediaFixture()
        try await MediaFixture.command("espeak-ng", ["-s", "140", "-w", fixture.path("once.wav"), "The door is open now."])
        let repeated = fixture.path("repeated.wav")
        try await MediaFixture.command("sox", [fixture.path("once.wav"), repeated, "pad", "0", "3", "repeat", "7"])
        let (told, kept) = try await Self.told(of: repeated, fixture)
        #expect((1..<8).contains(kept.count))
        #expect(told.map { $0["text"] } == kept.map { $0["text"] })
    }

    /// Text of noisy speech that the model doubts stays.
    @Test func whatIsHeardInNoiseIsTold() async throws {
        let fixture = try MediaFixture()
        try await MediaFixture.command(
            "espeak-ng",
            [
                "-s", "150", "-w", fixture.path("speech.wav"),
                "The harbour opens at nine. Three boats are waiting. Nobody knows where the captain went last night.",
            ])
        let noisy = try await fixture.make(
            "noisy.wav",
            "-i speech.wav -f lavfi -i anoisesrc=c=pink:a=0.9:r=22050:s=3 -filter_complex amix=normalize=0:duration=first")
        let (told, kept) = try await Self.told(of: noisy, fixture)
        #expect(!kept.isEmpty)
        #expect(told.map { $0["text"] } == kept.map { $0["text"] })
    }
}
