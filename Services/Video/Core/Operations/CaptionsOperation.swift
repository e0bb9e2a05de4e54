import AudioAPI
package import Contracts
import FoundationEssentials
package import Jobs
import Media
package import Primitives
import VideoAPI
import VideoText

/// `video.captions`: captions on the pictures, or as a track of their own.
package enum CaptionsOperation: Operation {
    package enum Mode: String, CaseIterable, Sendable {
        case burn, soft
    }

    package enum MissingFonts: String, CaseIterable, Sendable {
        case refuse, substitute
    }

    package struct Parameters: WritesText, DrawsVideo {
        package var mode = Mode.burn
        package var transcript = JSONValue.null
        package var encoding = CaptionEncoding.auto
        package var text = TextSettings()
        package var karaoke = Karaoke.off
        package var lineWidth: Int?
        package var lines = 2
        package var readingSpeed = 20.0
        package var breaksAnew = false
        package var missingFonts = MissingFonts.refuse
        package var language = ""
        package var drawn = DrawnEncoding()
    }

    package static var name: String { VideoService.OperationName.captions }
    package static var summary: String {
        "Puts captions on a video, word by word if wanted, or adds them as a track that players show or hide."
    }
    /// 2: pieces of captions that overlap are in order, and words that begin late are not lost.
    package static var version: Int { 2 }
    /// The video, then the captions, unless they come as a parameter.
    package static var inputs: InputRule { InputRule(.any, count: 1...2) }
    package static var cost: CostClass { .heavy }
    package static var memory: ByteSize { .mib(400) }
    package static let schema = Schema(Parameters()) {
        Field.choice(
            "mode", \.mode,
            "`burn` writes them on the pictures; `soft` adds a track and leaves pictures, sound and Matroska as they are.")
        Field.document(
            "transcript", \.transcript, schema: Transcript.schema,
            "What is said, as audio.transcribe writes it (format document); in place of a second input.")
        Field.choice("encoding", \.encoding, "Of the captions' text; `auto` finds out.")
        Parameters.textFields
        Field.choice("karaoke", \.karaoke, "Highlights the `word` that is spoken, or lets the colour `sweep` over the words.")
        Field.integer(
            "line_width", \.lineWidth, in: 10...200, "Columns of a line; by default what fits, at most \(TextStyle.widestLine).")
        Field.integer("lines", \.lines, in: 1...6, "Lines of a caption.")
        Field.number("reading_speed", \.readingSpeed, in: 5...60, unit: "1/s", "Columns that can be read in a second.")
        Field.flag("break_anew", \.breaksAnew, "Whether the lines of a file are broken anew even where they fit.")
        Field.choice("missing_fonts", \.missingFonts, "Whether a script with fonts that are not there is refused.")
        Field.text("language", \.language, maximumLength: 3, "Of a track: three letters (ISO 639-2), for example eng.")
        Parameters.drawnFields
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The video with its captions.",
            measurements: [
                "type": "object", "required": ["captions", "form", "duration_seconds"],
                "properties": [
                    "captions": ["type": "integer"], "form": ["enum": ["srt", "vtt", "ass", "transcript"]],
                    "duration_seconds": ["type": "number", "x-unit": "s"], "frames": ["type": "integer"],
                    "frames_with_captions": ["type": "integer"], "width": ["type": "integer", "x-unit": "px"],
                    "height": ["type": "integer", "x-unit": "px"], "warnings": MissingLetters.schema,
                ],
            ])
    }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try parameters.text.style(width: 100, height: 100)
        if parameters.transcript != .null { _ = try Transcript(document: parameters.transcript) }
        guard parameters.language.isEmpty || parameters.language.utf8.count == 3 else {
            throw VideoError.notALanguage(parameters.language)
        }
        if parameters.mode == .burn { try parameters.drawn.check() }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let source = try source(parameters, context)
        return try parameters.mode == .burn ? burn(parameters, source, context) : add(parameters, source, context)
    }

    private static func source(_ parameters: Parameters, _ context: JobContext) throws -> CaptionSource {
        switch (context.inputs.count > 1, parameters.transcript != .null) {
        case (true, true): throw CaptionFileError.both
        case (false, false): throw CaptionFileError.missing
        case (false, true): return try CaptionSource(transcript: Transcript(document: parameters.transcript))
        case (true, false): return try CaptionSource(path: context.inputs[1].path, encoding: parameters.encoding)
        }
    }

    private static func burn(_ parameters: Parameters, _ source: CaptionSource, _ context: JobContext) throws -> JobOutput {
        let burner = try CaptionBurner(path: context.inputs[0].path)
        let script: String
        if let own = source.script {
            if parameters.missingFonts == .refuse {
                let fonts = try FontCatalogue()
                for font in source.fonts.sorted() { try fonts.check(font) }
            }
            script = own
        } else {
            try FontCatalogue().check(parameters.text.font)
            let style = try parameters.text.style(width: burner.width, height: burner.height)
            var made = TextScript(width: burner.width, height: burner.height)
            made.add(
                source.captions(layout(parameters, width: style.columns(within: burner.width)), breaksAnew: parameters.breaksAnew),
                style,
                karaoke: parameters.karaoke)
            script = made.text
        }
        let file = file(context, parameters.drawn.file)
        try burner.run(script: script, to: context.outputFolder + "/" + file.name, parameters.drawn) {
            context.report($0, "writing captions")
        }
        return JobOutput(
            files: [file],
            measurements: [
                "captions": JSONValue(source.captions.count), "form": .string(source.form.rawValue),
                "duration_seconds": .number(burner.seconds.rounded(decimals: 3)), "frames": JSONValue(burner.frames),
                "frames_with_captions": JSONValue(burner.captioned), "width": JSONValue(burner.width),
                "height": JSONValue(burner.height), "warnings": burner.missing.warnings,
            ])
    }

    private static func add(_ parameters: Parameters, _ source: CaptionSource, _ context: JobContext) throws -> JobOutput {
        let formats = try MediaReader(path: context.inputs[0].path).info.container
        let isMatroska = formats.contains("matroska") || formats.contains("webm")
        let container = parameters.drawn.container ?? (isMatroska ? .mkv : .mp4)
        let file = file(context, container)
        let keepsStyles = container == .mkv && source.scriptHeader != nil
        let captions = source.captions(layout(parameters, width: TextStyle.widestLine), breaksAnew: parameters.breaksAnew)
        let copied = try SubtitleMuxer.run(
            path: context.inputs[0].path, entries: keepsStyles ? source.scriptEntries : captions.map(\.entry),
            header: keepsStyles ? source.scriptHeader : nil, language: parameters.language.isEmpty ? nil : parameters.language,
            to: context.outputFolder + "/" + file.name, container: container
        ) { context.report($0, "adding captions") }
        return JobOutput(
            files: [file],
            measurements: [
                "captions": JSONValue(captions.count), "form": .string(source.form.rawValue),
                "duration_seconds": .number(copied.seconds.rounded(decimals: 3)), "frames": JSONValue(copied.frames),
            ])
    }

    private static func layout(_ parameters: Parameters, width: Int) -> CaptionLayout {
        CaptionLayout(
            maximumLineWidth: parameters.lineWidth ?? width, maximumLines: parameters.lines, readingSpeed: parameters.readingSpeed)
    }

    private static func file(_ context: JobContext, _ container: MediaContainer) -> JobOutput.File {
        let name = OutputName.derived(
            from: context.inputs[0].name, suffix: "captions", fileExtension: container.fileExtension, fallback: "video")
        return JobOutput.File(name: name, mediaType: container.mediaType)
    }
}
