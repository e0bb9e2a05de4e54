import AudioAPI
import AudioText
package import Contracts
import FoundationEssentials
package import Jobs
import Media
package import Primitives

/// `audio.speak`: text read aloud.
package enum SpeakOperation: Operation {
    package struct Parameters: WritesAudio {
        package var text = ""
        package var voice = ""
        package var speed = 1.0
        package var language = ""
        package var speaker = 0
        package var sentencePause = 0.35
        package var output = OutputSettings()
    }

    /// Bytes of text that a file may hold.
    private static let longestText = 4 << 20

    package static var name: String { AudioService.OperationName.speak }
    package static var version: Int { 2 }
    package static var summary: String {
        "Reads text aloud: plain text or SSML (break, prosody rate, say-as, sub), given here or as a text file."
    }
    package static var memory: ByteSize { .mib(300) }
    package static func memory(_ parameters: Parameters, resources: [String: String]) throws -> ByteSize {
        let voice = try voice(parameters, ModelRegistry(folder: resources["models"] ?? ""))
        return max(memory, voice.memory(base: .mib(110)))
    }
    package static var inputs: InputRule { InputRule(.any, count: 0...1) }
    package static let schema = Schema(Parameters()) {
        Field.text("text", \.text, maximumLength: 200_000, "What to say; longer texts come as an input file.")
        Field.text("voice", \.voice, "The voice, by its name in the list of installed models; empty takes the installed one.")
        Field.number("speed", \.speed, in: 0.25...4, "1 is the voice's own speed, 2 twice as fast.")
        Field.integer("speaker", \.speaker, in: 0...9999, "Which of a voice's speakers, from 0; most voices have one.")
        Field.text(
            "language", \.language, maximumLength: 16,
            "The text's language (ISO 639); empty means the voice's own, and English where no voice is named. Numbers and dates are "
                + "written out in English, in other languages as the phonemiser reads them.")
        Field.number(
            "sentence_pause_s", \.sentencePause, in: 0...5, unit: "s", "Silence after a sentence; a paragraph gets twice that.")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The speech.",
            measurements: [
                "type": "object", "required": ["voice", "output", "duration_seconds", "sentences"],
                "properties": [
                    "voice": ["type": "string"], "output": AudioTarget.documentSchema,
                    "sentences": [
                        "type": "integer",
                        "description": "Pieces that were said; of a long sentence several where somebody listens.",
                    ],
                    "duration_seconds": ["type": "number", "x-unit": "s"],
                ],
            ])
    }

    package static var preparation: Preparation<Parameters>? {
        Preparation(for: ["voice", "language"]) { parameters, resources in
            let registry = try ModelRegistry(folder: resources["models"] ?? "")
            return try PiperVoice(voice(parameters, registry), options: registry.options(keepsMemory: true))
        }
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        let voice = try voice(parameters, ModelRegistry(folder: resources["models"] ?? ""))
        try PiperVoice.Description(voice).check(speaker: parameters.speaker)
        _ = try SpokenScript(parameters.text, language: language(parameters, voice), sentencePause: parameters.sentencePause)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let registry = try context.models()
        let installed = try voice(parameters, registry)
        let prepared = (context.prepared as? PiperVoice).flatMap { $0.state == installed.state ? $0 : nil }
        let voice = try prepared ?? PiperVoice(installed, options: registry.options(keepsMemory: true))
        try voice.description.check(speaker: parameters.speaker)
        let text = try text(parameters, context)
        let target = try AudioTarget(
            parameters.output, like: SoundTraits(sampleRate: voice.sampleRate, channels: 1), isProcessed: true)
        let name = OutputName.derived(
            from: context.inputs.first?.name ?? "speech", suffix: nil, fileExtension: target.format.fileExtension)
        let format = AudioFormat.planar(sampleRate: voice.sampleRate, channels: 1, channelMask: 0)
        let writer = try PlanarWriter(target, format: format, name: name, in: context)
        let script = try SpokenScript(
            text, language: language(parameters, installed), sentencePause: parameters.sentencePause,
            startsPromptly: context.streamPath != nil)
        var sentences = 0
        try script.forEach { piece, fraction in
            if Task.isCancelled { throw CancellationError() }
            if !piece.text.isEmpty {
                try writer.write([try voice.speak(piece.text, speed: parameters.speed * piece.rate, speaker: parameters.speaker)])
                sentences += 1
            }
            try writer.writeSilence(seconds: piece.pause)
            context.report(fraction, "speaking")
        }
        guard sentences > 0 else { throw AudioError.speech("there is nothing to say in the text") }
        try writer.finish()
        return JobOutput(
            files: [writer.file],
            measurements: [
                "voice": .string(installed.name), "output": writer.document, "sentences": JSONValue(sentences),
                "duration_seconds": .number(writer.seconds.rounded(decimals: 3)),
            ])
    }

    private static func voice(_ parameters: Parameters, _ registry: ModelRegistry) throws(AudioError) -> InstalledModel {
        let name = parameters.voice.isEmpty ? nil : parameters.voice
        let language = parameters.language.isEmpty ? name == nil ? "en" : nil : parameters.language
        let voice = try registry.model(for: .speak, named: name, language: language, fallback: "piper-en-us-joe")
        guard voice.engine == "piper" else { throw .modelUnfit(voice.name, "the engine \(voice.engine) is not known here") }
        return voice
    }

    private static func language(_ parameters: Parameters, _ voice: InstalledModel) -> String {
        parameters.language.isEmpty ? voice.languages.first ?? "en" : parameters.language
    }

    private static func text(_ parameters: Parameters, _ context: JobContext) throws(AudioError) -> String {
        guard let input = context.inputs.first else {
            guard !parameters.text.isEmpty else { throw .speech("give the text to say, or a text file") }
            return parameters.text
        }
        guard parameters.text.isEmpty else { throw .speech("give either the text or a text file, not both") }
        guard let data = FileManager.default.contents(atPath: input.path), data.count <= longestText else {
            throw .speech("the text file is larger than \(longestText >> 20) MB")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw .speech("the text file is not UTF-8") }
        return text
    }
}
