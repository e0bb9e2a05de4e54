import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// A Whisper model in whisper.cpp's form, made known with `deploy/models add`.
@Suite(.computing, .enabled(if: InstalledModels.areConvertersWanted, "deploy/models install puts the models and converters here"))
struct AddedModelTests {
    /// The installed model's own weights, quantised as whisper.cpp quantises.
    @Test func aQuantisedModelHearsWhatTheOriginalHears() async throws {
        let fixture = try MediaFixture()
        let weights = fixture.path("ggml-base-q8_0.bin")
        try await MediaFixture.command(
            InstalledModels.converters,
            ["-B", InstalledModels.root + "/deploy/checks/converters/ggml_writer.py", "q8_0", "whisper-base", weights])
        let models = fixture.path("models")
        try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
        for name in ["silero-vad", "engine"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(models)/\(name)", withDestinationPath: "\(InstalledModels.folder)/\(name)")
        }
        try await MediaFixture.command(
            InstalledModels.root + "/deploy/models", ["add", "mine", weights, "--licence", "MIT", "--prefix", models])
        let speech = fixture.path("speech.wav")
        try await MediaFixture.command("espeak-ng", ["-s", "140", "-w", speech, "Nine ships left the harbour before the storm."])
        let (_, own) = try await fixture.run("audio.transcribe", ["model": "mine"], on: [speech], models: models)
        let (_, original) = try await fixture.run("audio.transcribe", ["model": "whisper-base"], on: [speech])
        #expect(own["model"] == "mine")
        #expect(original["text"]?.stringValue?.isEmpty == false)
        #expect(own["text"] == original["text"])
        #expect(own["language"] == original["language"])
    }
}
