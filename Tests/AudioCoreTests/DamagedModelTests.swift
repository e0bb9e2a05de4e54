import AudioCore
import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// Models whose files are not what they should be: who asks is told which model it is and what mends it, and nothing is left.
@Suite(.computing, .enabled(if: InstalledModels.areWanted, "deploy/models install puts the models here")) struct DamagedModelTests {
    /// What can be wrong with a file.
    enum Damage: CaseIterable {
        case halved, anotherKind, missing

        func content(of whole: Data) -> Data? {
            switch self {
            case .halved: whole.prefix(whole.count / 2)
            case .anotherKind: Data("no network at all".utf8)
            case .missing: nil
            }
        }
    }

    private static let networks = [
        ("audio.transcribe", "silero-vad", "silero_vad.onnx"), ("audio.transcribe", "whisper-base", "decoder.int8.onnx"),
        ("audio.separate", "spleeter-2stems", "vocals.fp16.onnx"), ("audio.speak", "piper-en-us-joe", "model.onnx"),
        ("audio.speak", "piper-en-us-joe", "voice.json"),
        ("audio.denoise", "gtcrn", "model.onnx"), ("audio.denoise", "deepfilternet3", "model.tar.gz"),
    ]

    @Test(arguments: networks, Damage.allCases)
    func damagedModelsAreTold(_ network: (operation: String, model: String, file: String), _ damage: Damage) async throws {
        let whole = try Data(contentsOf: URL(filePath: "\(InstalledModels.folder)/\(network.model)/\(network.file)"))
        try await expectDamage(network.operation, network.model, [network.file: damage.content(of: whole)])
    }

    /// Another model's network in a file of the right name.
    @Test(
        arguments: [
            ("audio.transcribe", "silero-vad", "gtcrn/model.onnx"),
            ("audio.speak", "piper-en-us-joe", "silero-vad/silero_vad.onnx"),
            ("audio.denoise", "gtcrn", "silero-vad/silero_vad.onnx"),
            ("audio.denoise", "gtcrn", "spleeter-2stems/vocals.fp16.onnx"),
            ("audio.denoise", "deepfilternet3", "gtcrn/model.onnx"),
        ])
    func modelsOfAnotherKindAreTold(_ operation: String, _ model: String, _ other: String) async throws {
        let content = try Data(contentsOf: URL(filePath: "\(InstalledModels.folder)/\(other)"))
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(InstalledModels.folder)/\(model)")
        let networks = names.filter { $0.hasSuffix(".onnx") || $0.hasSuffix(".gz") }
        try await expectDamage(
            operation, model, Dictionary(uniqueKeysWithValues: networks.map { ($0, content) }), isFoundAtOnce: false)
    }

    /// Archives that are whole and hold something else, or not all, and one of another checksum.
    @Test(arguments: ["letter", "no network", "no configuration", "another version", "another checksum"])
    func archivesOfAnotherKindAreTold(_ kind: String) async throws {
        let fixture = try MediaFixture()
        let archive = fixture.path("model.tar.gz")
        let whole = InstalledModels.folder + "/deepfilternet3/model.tar.gz"
        let script =
            switch kind {
            case "letter": "mkdir t; echo hello > t/letter.txt"
            case "no network": "tar xzf \(whole); mv tmp t; rm t/export/erb_dec.onnx"
            case "no configuration": "tar xzf \(whole); mv tmp t; echo '[df]' > t/export/config.ini"
            case "another version": "tar xzf \(whole); mv tmp t; sed -i 's/deepfilternet3/deepfilternet2/' t/export/config.ini"
            default: "mkdir t"
            }
        let turned = "(head -c -8 \(whole); head -c 4 /dev/zero; tail -c 4 \(whole)) > model.tar.gz"
        let pack = kind == "another checksum" ? turned : "tar czf model.tar.gz t"
        try await MediaFixture.command("sh", ["-ec", "\(script); \(pack)"], in: fixture.folder.path)
        let content = try Data(contentsOf: URL(filePath: archive))
        try await expectDamage("audio.denoise", "deepfilternet3", ["model.tar.gz": content])
    }

    /// What is no archive at all, in small pieces of the real one.
    @Test(arguments: [0, 1, 9, 10, 600]) func beginningsOfAnArchiveAreTold(_ count: Int) async throws {
        let whole = try Data(contentsOf: URL(filePath: InstalledModels.folder + "/deepfilternet3/model.tar.gz"))
        try await expectDamage("audio.denoise", "deepfilternet3", ["model.tar.gz": whole.prefix(count)])
    }

    // MARK: Tools

    /// Runs an operation with one model changed.
    /// - Parameters:
    ///   - changes: of its files: what they hold, nil for those that are left away.
    ///   - isFoundAtOnce: a network of another kind may be found unfit only when it runs, where nobody knows what mends it.
    private func expectDamage(
        _ operation: String, _ model: String, _ changes: [String: Data?], isFoundAtOnce: Bool = true
    ) async throws {
        let fixture = try MediaFixture()
        let models = fixture.path("models")
        let files = FileManager.default
        try files.createDirectory(atPath: "\(models)/\(model)", withIntermediateDirectories: true)
        for entry in try files.contentsOfDirectory(atPath: InstalledModels.folder) where entry != model {
            try files.createSymbolicLink(
                atPath: "\(models)/\(entry)", withDestinationPath: "\(InstalledModels.folder)/\(entry)")
        }
        for file in try files.contentsOfDirectory(atPath: "\(InstalledModels.folder)/\(model)") where changes[file] == nil {
            try files.createSymbolicLink(
                atPath: "\(models)/\(model)/\(file)", withDestinationPath: "\(InstalledModels.folder)/\(model)/\(file)")
        }
        for case (let file, let content?) in changes {
            try content.write(to: URL(filePath: "\(models)/\(model)/\(file)"))
        }
        let noise = try await fixture.make("noise.wav", "-f lavfi -i anoisesrc=r=16000:a=0.3:d=1")
        let input = operation == "audio.speak" ? [] : [noise]
        var parameters: [String: JSONValue] = operation == "audio.speak" ? ["text": "Hello"] : [:]
        if operation == "audio.denoise" { parameters["model"] = .string(model) }
        do {
            _ = try await fixture.run(operation, .object(parameters), on: input, models: models)
            Issue.record("a damaged model was used")
        } catch let error as any CodedError {
            let codes: Set = isFoundAtOnce ? ["model-broken"] : ["model-broken", "model-inputs-invalid", "model-failed"]
            #expect(codes.contains(error.code), "\(error)")
            if isFoundAtOnce { #expect(error.message.contains("deploy/models install \(model)"), "\(error.message)") }
            #expect(!error.message.contains(fixture.folder.path), "\(error.message)")
            #expect(try files.contentsOfDirectory(atPath: fixture.outputs.path).isEmpty)
        }
    }
}
