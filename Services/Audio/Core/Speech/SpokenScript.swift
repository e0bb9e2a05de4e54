import AudioText

/// A text as the pieces that a voice says one after another.
struct SpokenScript {
    private enum Source {
        case plain(PlainScript)
        case marked([SpeechPiece])
    }

    private let source: Source
    private let length: Int
    private let startsPromptly: Bool

    /// - Parameters:
    ///   - text: plain, or SSML when it begins with `<speak`.
    ///   - sentencePause: seconds after a sentence.
    ///   - startsPromptly: whether somebody listens while it is made, so that its beginning is cut into shorter pieces.
    /// - Throws: `SSMLError`.
    init(_ text: String, language: String, sentencePause: Double, startsPromptly: Bool = false) throws(SSMLError) {
        self.startsPromptly = startsPromptly
        let pauses = SpeechPauses(sentence: sentencePause, paragraph: 2 * sentencePause)
        let normalizer = SpeechNormalizer(language: language)
        length = text.utf8.count
        source =
            SSMLScript.isMarkup(text)
            ? .marked(try SSMLScript(language: language, normalizer: normalizer, pauses: pauses).pieces(text))
            : .plain(PlainScript(text, language: language, normalizer: normalizer, pauses: pauses))
    }

    /// - Parameter body: called with each piece and the fraction of the text that it ends.
    /// - Throws: what `body` throws.
    func forEach(_ body: (SpeechPiece, Double) throws -> Void) throws {
        var start = startsPromptly ? PromptStart() : nil
        var done = 0.0
        func say(_ piece: SpeechPiece, upTo fraction: Double) throws {
            let parts = start?.parts(of: piece) ?? [piece]
            for (index, part) in parts.enumerated() {
                try body(part, done + (fraction - done) * Double(index + 1) / Double(parts.count))
            }
            done = fraction
        }
        switch source {
        case .marked(let pieces):
            for (index, piece) in pieces.enumerated() { try say(piece, upTo: Double(index + 1) / Double(pieces.count)) }
        case .plain(let script):
            var bytes = 0
            for piece in script {
                // Written-out numbers are longer than the text they came from.
                bytes += piece.text.utf8.count
                try say(piece, upTo: min(1, Double(bytes) / Double(max(1, length))))
            }
        }
    }
}
