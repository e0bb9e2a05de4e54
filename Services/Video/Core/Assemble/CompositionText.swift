import AudioAPI
import VideoText

extension Composition {
    /// All text of the timeline as one script; `nil` without any.
    /// - Throws: `CompositionError` for a font that is not there, `CaptionFileError`, `CaptionError`.
    func script(_ inputs: [String: CompositionInput]) throws -> String? {
        guard !titles.isEmpty || captions != nil else { return nil }
        var script = TextScript(width: canvas.width, height: canvas.height)
        for title in titles {
            let style = try title.look.style(width: canvas.width, height: canvas.height)
            var markup = TextMarkup()
            markup.fade(in: title.fade, out: title.fade)
            markup.append(title.text)
            script.add(markup, style, from: title.start, to: title.end, layer: 1)
        }
        if let captions, let input = inputs[captions.file] {
            let source = try CaptionSource(path: input.path, encoding: .auto)
            let style = try captions.look.style(width: canvas.width, height: canvas.height)
            let layout = CaptionLayout(maximumLineWidth: style.columns(within: canvas.width))
            script.add(source.captions(layout), style, karaoke: captions.karaoke)
        }
        return script.text
    }

    /// - Throws: `CompositionError` naming the place of a font that is not there.
    package func checkFonts() throws {
        guard !titles.isEmpty || captions != nil else { return }
        let fonts = try FontCatalogue()
        let named =
            titles.enumerated().map { ("text.\($0).font", $1.look.font) }
            + (captions.map { [("captions.font", $0.look.font)] } ?? [])
        for (path, font) in named {
            do {
                try fonts.check(font)
            } catch {
                throw CompositionError(path, "is not to be had: \(error.message)")
            }
        }
    }
}

extension TextStyle {
    /// Width of a column in parts of a line's height: what the studio's own font takes for an English text.
    private static let column = 0.5
    /// Columns of a line that people read at one glance; see `CaptionLayout`.
    static let widestLine = 42

    /// Columns that fit between the margins of a picture.
    /// - Parameter width: pixels.
    func columns(within width: Int) -> Int {
        max(10, min(Self.widestLine, Int(Double(width - margins.left - margins.right) / (size * Self.column))))
    }
}
