import AudioAPI
import Primitives

/// Parameters of an operation that writes down what is said.
package protocol RecognisesSpeech: Sendable {
    /// A model's name; empty takes the usual one.
    var model: String { get set }
    /// A code or an English name; empty detects it.
    var language: String { get set }
}

extension RecognisesSpeech {
    /// - Throws: `AudioError.outputSetting` for an unknown language.
    var languageCode: String? {
        get throws(AudioError) {
            guard !language.isEmpty else { return nil }
            guard let code = SpokenLanguage.code(from: language) else {
                throw .outputSetting("there is no language \(language): give a code such as en, or an English name")
            }
            return code
        }
    }

    /// What recognising takes at its peak: 713 MB were seen of whisper-base, 108 MB on disk, with five beams and 484 MB with one.
    /// - Parameter beams: transcripts that are followed side by side.
    /// - Throws: `AudioError`.
    func recognitionMemory(_ resources: [String: String], beams: Int) throws(AudioError) -> ByteSize {
        let model = try speechModels(ModelRegistry(folder: resources["models"] ?? "")).speech
        return .bytes(max(ByteSize.mib(800).bytes, model.memory(base: .mib(350)).bytes + Int64(beams) * model.size / 4))
    }

    /// The models that are needed.
    /// - Throws: `AudioError`.
    func speechModels(_ registry: ModelRegistry) throws(AudioError) -> (speech: InstalledModel, voice: InstalledModel) {
        let speech = try registry.model(
            for: .transcribe, named: model.isEmpty ? nil : model, language: try languageCode, fallback: "whisper-base")
        guard speech.engine == "sherpa-whisper" else {
            throw .modelUnfit(speech.name, "the engine \(speech.engine) is not known here")
        }
        return (speech, try registry.model(for: .vad, fallback: "silero-vad"))
    }
}
