import AudioCore
import Contracts
import FoundationEssentials
import Glibc
import Jobs
import Primitives
import TestSupport
import Testing

/// Piper voices of the user's own, made known with `deploy/models add`: of another language, and of several speakers.
@Suite(.computing, .enabled(if: InstalledModels.areConvertersWanted, "deploy/models install puts the models and converters here"))
struct AddedVoiceTests {
    private struct Voices {
        let fixture: MediaFixture
        let models: String

        /// - Parameter voices: a name, a language and how many speak.
        init(_ voices: (name: String, language: String, speakers: Int)...) async throws {
            fixture = try MediaFixture()
            models = fixture.path("models")
            try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
            for name in ["piper-en-us-joe", "engine"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(models)/\(name)", withDestinationPath: "\(InstalledModels.folder)/\(name)")
            }
            for voice in voices {
                try await MediaFixture.command(
                    InstalledModels.converters,
                    [
                        "-B", InstalledModels.root + "/deploy/checks/converters/piper_voices.py", voice.language,
                        "\(voice.speakers)", fixture.folder.path,
                    ])
                try await MediaFixture.command(
                    InstalledModels.root + "/deploy/models",
                    ["add", voice.name, fixture.path("voice.onnx"), "--licence", "MIT", "--prefix", models])
            }
        }

        /// Speaks after the check that a submission goes through.
        func speak(_ parameters: JSONValue) async throws -> (file: String, measurements: JSONValue) {
            let operation = AnyOperation(SpeakOperation.self)
            try operation.check(try operation.canonicalParameters(parameters), resources: ["models": models])
            let (files, measurements) = try await fixture.run("audio.speak", parameters, on: [], models: models)
            return (try #require(files.first), measurements)
        }

        /// Hz of the tone that a made voice speaks with, from its zero crossings.
        func pitch(_ file: String) async throws -> Double {
            let samples = try await fixture.samples(file, rate: 22_050)[2205..<6615]
            let crossings = zip(samples, samples.dropFirst()).count { $0 <= 0 && $1 > 0 }
            return Double(crossings) / 0.2
        }
    }

    @Test func aVoiceSpeaksItsOwnLanguage() async throws {
        let voices = try await Voices(("hans", "de", 1))
        let hans = try await voices.speak(["text": "Guten Tag.", "voice": "hans", "format": "wav"])
        #expect(hans.measurements["voice"] == "hans")
        #expect(abs(try await voices.pitch(hans.file) - 400) < 20)
        // By language, and none of both.
        let german = try await voices.speak(["text": "Guten Tag.", "language": "de", "format": "wav"])
        #expect(german.measurements["voice"] == "hans")
        let usual = try await voices.speak(["text": "Good day.", "format": "wav"])
        #expect(usual.measurements["voice"] == "piper-en-us-joe")
        await #expect { try await voices.speak(["text": "Hi.", "voice": "hans", "language": "en"]) } throws: {
            ($0 as? any CodedError)?.code == "model-unfit"
        }
    }

    /// The weights lie in a file of their own, that all may read, and one that is cut short is told.
    @Test func weightsThatAreCutShortAreTold() async throws {
        let voices = try await Voices(("hans", "de", 1))
        let weights = voices.models + "/hans/model.weights"
        let attributes = try FileManager.default.attributesOfItem(atPath: weights)
        #expect(attributes[.posixPermissions] as? Int == 0o644)
        #expect(truncate(weights, 1000) == 0)
        await #expect { try await voices.speak(["text": "Guten Tag.", "voice": "hans"]) } throws: {
            let error = $0 as? any CodedError
            return error?.code == "model-broken" && error?.message.contains("damaged") == true
        }
        try FileManager.default.removeItem(atPath: weights)
        await #expect { try await voices.speak(["text": "Guten Tag.", "voice": "hans"]) } throws: {
            ($0 as? any CodedError)?.code == "model-broken"
        }
    }

    @Test func eachOfSeveralSpeakersIsHeard() async throws {
        let voices = try await Voices(("choir", "en", 2))
        for (speaker, pitch) in [(0, 400.0), (1, 800.0)] {
            let spoken = try await voices.speak([
                "text": "Good day.", "voice": "choir", "speaker": JSONValue(speaker), "format": "wav",
            ])
            #expect(abs(try await voices.pitch(spoken.file) - pitch) < 20)
        }
        for (voice, speaker) in [("choir", 2), ("piper-en-us-joe", 1)] {
            await #expect {
                try await voices.speak(["text": "Hi.", "voice": .string(voice), "speaker": JSONValue(speaker)])
            } throws: {
                let error = $0 as? any CodedError
                return error?.code == "output-not-possible" && error?.message.hasPrefix("speaker must be between 0 and ") == true
            }
        }
    }
}
