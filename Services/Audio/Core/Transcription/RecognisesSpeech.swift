import AudioAPI

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
