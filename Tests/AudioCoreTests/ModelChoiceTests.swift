import AudioCore
import Contracts
import FoundationEssentials
import Jobs
import Primitives
import TestSupport
import Testing

/// What follows from the models that are installed: what can be done, what is told, what is reserved.
@Suite(.computing, .enabled(if: InstalledModels.areWanted, "deploy/models install puts the models here")) struct ModelChoiceTests {
    /// With the small network alone the upper band goes, and that is told.
    @Test func whatTheModelLeavesOutIsTold() async throws {
        let fixture = try MediaFixture()
        let models = fixture.path("models")
        try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
        for name in ["gtcrn", "engine"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(models)/\(name)", withDestinationPath: "\(InstalledModels.folder)/\(name)")
        }
        let registry = try JSONValue(parsing: try fixture.read(InstalledModels.folder + "/registry.json"))
        let only = (registry["models"]?.arrayValue ?? []).filter { $0["name"] == "gtcrn" }
        _ = try fixture.write("models/registry.json", JSONValue.object(["models": .array(only)]).serialized())
        let noise = try await fixture.make("noise.wav", "-f lavfi -i anoisesrc=r=48000:d=1:a=0.2:s=3 -c:a pcm_s16le")
        let (_, small) = try await fixture.run("audio.denoise", ["format": "wav"], on: [noise], models: models)
        #expect(small["model"] == "gtcrn" && small.number("bandwidth_hz") == 8000, "\(small)")
        let (_, large) = try await fixture.run("audio.denoise", ["format": "wav"], on: [noise])
        #expect(large["model"] == "deepfilternet3" && large.number("bandwidth_hz") == 24_000, "\(large)")
    }

    /// Who speaks is found by models of their own: without them it is said at once.
    @Test(arguments: ["campplus", "pyannote-segmentation-3"]) func withoutItsModelsNoSpeakerIsTold(_ missing: String) throws {
        let fixture = try MediaFixture()
        let registry = try JSONValue(parsing: try fixture.read(InstalledModels.folder + "/registry.json"))
        let others = (registry["models"]?.arrayValue ?? []).filter { $0["name"]?.stringValue != missing }
        _ = try fixture.write("registry.json", JSONValue.object(["models": .array(others)]).serialized())
        let operation = try #require(AudioOperations.catalogue["audio.transcribe"])
        let resources = ["models": fixture.folder.path]
        try operation.check(try operation.canonicalParameters([:]), resources: resources)
        let error = #expect(throws: JobProblem.self) {
            try operation.check(try operation.canonicalParameters(["speakers": true]), resources: resources)
        }
        #expect(error?.code == "model-missing" && error?.message.contains("deploy/models install \(missing)") == true)
    }

    /// What can be installed by its name is; for the rest there is no command but the one that lists them.
    @Test(
        arguments: [
            ("whisper-small", "deploy/models install whisper-small"), ("🦜", "deploy/models list"),
            ("whisper-smal", "deploy/models list"),
        ])
    func aMissingModelNamesACommandThatCanWork(_ model: String, _ command: String) throws {
        let fixture = try MediaFixture()
        _ = try fixture.write("registry.json", Bytes(#"{"models": [], "installable": ["whisper-base", "whisper-small"]}"#.utf8))
        let operation = try #require(AudioOperations.catalogue["audio.transcribe"])
        let error = #expect(throws: JobProblem.self) {
            try operation.check(
                try operation.canonicalParameters(["model": .string(model)]), resources: ["models": fixture.folder.path])
        }
        #expect(error?.code == "model-missing" && error?.message.hasSuffix(command) == (command.contains("install")))
        #expect(error?.message.contains(command) == true, "\(String(describing: error))")
    }

    /// What is reserved follows the model.
    @Test func aLargerModelReservesMore() throws {
        let fixture = try MediaFixture()
        let registry = try JSONValue(parsing: try fixture.read(InstalledModels.folder + "/registry.json"))
        let models = (registry["models"]?.arrayValue ?? []).flatMap { model -> [JSONValue] in
            guard case .object(var large) = model else { return [] }
            large["name"] = .string("large-" + (model["name"]?.stringValue ?? ""))
            large["size"] = 1_600_000_000
            return [model, .object(large)]
        }
        _ = try fixture.write("registry.json", JSONValue.object(["models": .array(models)]).serialized())
        let resources = ["models": fixture.folder.path]
        for (name, field, model, more) in [
            ("audio.transcribe", "model", "whisper-base", [:]), ("audio.chapters", "model", "whisper-base", [:]),
            ("audio.cut", "model", "whisper-base", ["fillers": true]), ("audio.speak", "voice", "piper-en-us-joe", [:]),
            ("audio.separate", "model", "spleeter-2stems", [:]),
        ] as [(String, String, String, [String: JSONValue])] {
            let operation = try #require(AudioOperations.catalogue[name])
            func memory(_ model: String) -> ByteSize {
                operation.memory(of: .object(more.merging([field: .string(model)]) { $1 }), resources: resources)
            }
            #expect(memory(model) == operation.memory, "\(name)")
            let large = memory("large-" + model)
            #expect(large > .bytes(3 * 1_600_000_000), "\(name)")
            #expect(ResourceLimits.standard(operation.cost).holding(large).memoryBytes > 2 * Int(large.bytes))
            #expect(memory("nobody") == operation.memory)
        }
        let cut = try #require(AudioOperations.catalogue["audio.cut"])
        #expect(cut.memory(of: [:], resources: resources) < cut.memory)
    }
}
