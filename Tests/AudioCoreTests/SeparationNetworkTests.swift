import Contracts
import FoundationEssentials
import Glibc
import Jobs
import Primitives
import TestSupport
import Testing

/// Separation networks of the user's own, of each form, made known by an entry in `models.d`. They take tones apart by frequency.
@Suite(.computing, .enabled(if: InstalledModels.areConvertersWanted, "deploy/models install puts the models and converters here"))
struct SeparationNetworkTests {
    /// Hz, in the middle of what the networks take for each stem.
    private static let tones: [(stem: String, frequency: Double)] = [
        ("vocals", 3000), ("drums", 8000), ("bass", 100), ("other", 500),
    ]

    private struct Studio {
        let fixture: MediaFixture
        let models: String
        let mix: String

        /// - Parameter kinds: of networks; see `separation_networks.py`.
        init(_ kinds: String...) async throws {
            fixture = try MediaFixture()
            models = fixture.path("models")
            try FileManager.default.createDirectory(atPath: models + "/models.d", withIntermediateDirectories: true)
            for name in ["spleeter-2stems", "engine"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(models)/\(name)", withDestinationPath: "\(InstalledModels.folder)/\(name)")
            }
            for kind in kinds {
                try await MediaFixture.command(
                    InstalledModels.converters,
                    ["-B", InstalledModels.root + "/deploy/checks/converters/separation_networks.py", kind, models + "/models.d"])
            }
            // Rewrites the registry.
            try await MediaFixture.command(InstalledModels.root + "/deploy/models", ["list", "--prefix", models])
            let sources = tones.map { "-f lavfi -i sine=f=\(Int($0.frequency)):r=44100:d=4" }.joined(separator: " ")
            mix = try await fixture.make(
                "mix.wav",
                "\(sources) -filter_complex amix=inputs=4:normalize=0,aformat=channel_layouts=stereo -c:a pcm_f32le")
        }

        func separate(_ model: String, _ stems: String) async throws -> (stems: [String: [Float]], measurements: JSONValue) {
            var parameters: [String: JSONValue] = ["stems": .string(stems), "format": "wav", "bit_depth": "32"]
            if !model.isEmpty { parameters["model"] = .string(model) }
            let (files, measurements) = try await fixture.run("audio.separate", .object(parameters), on: [mix], models: models)
            let names = measurements["stems"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            var samples: [String: [Float]] = [:]
            for (name, file) in zip(names, files) { samples[name] = try await fixture.samples(file, rate: 44_100) }
            return (samples, measurements)
        }
    }

    /// How much of a tone is in a signal, its first and last half second left out.
    private static func amplitude(_ samples: [Float], _ frequency: Double) -> Double {
        let part = samples[22_050..<(samples.count - 22_050)]
        var (real, imaginary) = (0.0, 0.0)
        for index in part.indices {
            let angle = 2 * Double.pi * frequency * Double(index) / 44_100
            real += Double(part[index]) * cos(angle)
            imaginary += Double(part[index]) * sin(angle)
        }
        return 2 * (real * real + imaginary * imaginary).squareRoot() / Double(part.count)
    }

    /// That the stems sum to the mix, sample by sample.
    private static func sumDiffers(_ stems: [String: [Float]], _ studio: Studio) async throws -> Float {
        let whole = try await studio.fixture.samples(studio.mix, rate: 44_100)
        var sum = [Float](repeating: 0, count: whole.count)
        for stem in stems.values {
            try #require(stem.count == whole.count)
            for index in sum.indices { sum[index] += stem[index] }
        }
        return zip(sum, whole).map { abs($0 - $1) }.max() ?? 1
    }

    @Test(arguments: ["htdemucs", "spleeter"]) func networksOfFourStemsAreUsed(_ kind: String) async throws {
        let studio = try await Studio(kind)
        let (stems, measurements) = try await studio.separate("my-\(kind)", "4")
        #expect(measurements["model"]?.stringValue == "my-\(kind)")
        let methods = measurements["stems"]?.arrayValue?.map { $0["method"]?.stringValue }
        #expect(methods == Array(repeating: "neural network", count: 4))
        let mix = try await studio.fixture.samples(studio.mix, rate: 44_100)
        for (stem, frequency) in Self.tones {
            let full = Self.amplitude(mix, frequency)
            for (name, samples) in stems {
                let share = Self.amplitude(samples, frequency) / full
                #expect(name == stem ? (0.95...1.05).contains(share) : share < 0.05, "\(frequency) Hz in \(name): \(share)")
            }
        }
        #expect(stems.count == 4)
        #expect(try await Self.sumDiffers(stems, studio) < 1e-4)
    }

    /// Two stems of any of them: the vocals, and all else.
    @Test(arguments: ["mdx", "htdemucs", "spleeter"]) func vocalsAreTakenOut(_ kind: String) async throws {
        let studio = try await Studio(kind)
        let (stems, _) = try await studio.separate("my-\(kind)", "2")
        let (vocals, music) = (try #require(stems["vocals"]), try #require(stems["accompaniment"]))
        let full = Self.amplitude(try await studio.fixture.samples(studio.mix, rate: 44_100), 3000)
        #expect((0.95...1.05).contains(Self.amplitude(vocals, 3000) / full) && Self.amplitude(music, 3000) < 0.05 * full)
        #expect(Self.amplitude(vocals, 500) < 0.05 * full && (0.95...1.05).contains(Self.amplitude(music, 500) / full))
        #expect(try await Self.sumDiffers(stems, studio) < 1e-4)
    }

    /// A network of vocals alone leaves the rest to signal processing, and that is said.
    @Test func whatNoNetworkFindsIsLabelled() async throws {
        let studio = try await Studio("mdx")
        let (stems, measurements) = try await studio.separate("my-mdx", "4")
        let methods = measurements["stems"]?.arrayValue?.map {
            "\($0["name"]?.stringValue ?? ""): \($0["method"]?.stringValue ?? "")"
        }
        #expect(
            methods == [
                "vocals: neural network", "drums: signal processing", "bass: signal processing", "other: signal processing",
            ])
        let full = Self.amplitude(try await studio.fixture.samples(studio.mix, rate: 44_100), 3000)
        #expect((0.95...1.05).contains(Self.amplitude(try #require(stems["vocals"]), 3000) / full))
        #expect(Self.amplitude(try #require(stems["bass"]), 100) > 0.5 * full)
        #expect(try await Self.sumDiffers(stems, studio) < 1e-4)
    }

    /// Without a name four stems go to the network that knows them.
    @Test func fourStemsPreferANetworkThatKnowsThem() async throws {
        let studio = try await Studio("mdx", "htdemucs")
        let (_, measurements) = try await studio.separate("", "4")
        #expect(measurements["model"] == "my-htdemucs")
    }

    @Test func networksThatDoNotFitAreTold() async throws {
        let studio = try await Studio("drums", "htdemucs")
        // One that finds drums alone.
        await #expect { try await studio.separate("my-drums", "2") } throws: { ($0 as? any CodedError)?.code == "model-unfit" }
        // One whose entry names the engine of another.
        let entry = studio.models + "/models.d/htdemucs.json"
        let text = try String(contentsOfFile: entry, encoding: .utf8).replacing("\"htdemucs\"", with: "\"mdx\"")
        try Data(text.utf8).write(to: URL(filePath: entry))
        try await MediaFixture.command(InstalledModels.root + "/deploy/models", ["list", "--prefix", studio.models])
        // The person's own model is theirs to mend, by the file that they wrote.
        await #expect { try await studio.separate("my-htdemucs", "2") } throws: {
            let error = $0 as? any CodedError
            return error?.code == "model-broken" && error?.message.contains("models.d/htdemucs.json") == true
                && error?.message.contains("deploy/models") == false
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: studio.fixture.outputs.path).isEmpty)
    }
}
