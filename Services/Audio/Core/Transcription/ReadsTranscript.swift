import AudioAPI
import Contracts
import Jobs
package import Primitives

/// Parameters of an operation that works on what is said.
package protocol ReadsTranscript: RecognisesSpeech {
    /// The studio's own transcript document; null lets the operation transcribe.
    var transcript: JSONValue { get set }
}

extension ReadsTranscript {
    /// The fields that every such operation has.
    static var transcriptFields: [Field<Self>] {
        [
            .document(
                "transcript", \Self.transcript, schema: Transcript.schema,
                "What is said, as audio.transcribe writes it (format document); without it the recording is transcribed."),
            .text("model", \Self.model, "The model that transcribes, by its name; empty takes whisper-base."),
            .text(
                "language", \Self.language, maximumLength: 32,
                "The language spoken, as a code or an English name; empty detects it."),
        ]
    }

    /// Looks at the document, or whether one can be made.
    /// - Throws: `TranscriptError`, `AudioError`.
    func checkTranscript(resources: [String: String]) throws {
        if transcript == .null {
            _ = try speechModels(ModelRegistry(folder: resources["models"] ?? ""))
        } else {
            _ = try Transcript(document: transcript)
        }
    }

    /// The transcript that was given, or a new one.
    /// - Parameters:
    ///   - prompt: leads the recogniser to a manner of writing.
    ///   - progress: called with the fraction heard.
    /// - Throws: `TranscriptError`, `AudioError`, `MediaError`, `ModelError`, `SpeechError`.
    func readTranscript(
        of source: AudioSource, in context: JobContext, prompt: String = "", progress: (Double) -> Void
    ) throws -> Transcript {
        guard transcript == .null else { return try Transcript(document: transcript) }
        let registry = try context.models()
        let (speech, voice) = try speechModels(registry)
        let transcriber = try Transcriber(
            model: speech, voice: voice, registry: registry, threads: 1,
            settings: Transcriber.Settings(language: try languageCode, prompt: prompt))
        return try transcriber.transcribe(source, progress: progress) { _ in }
    }
}
