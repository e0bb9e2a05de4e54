import AudioText

/// A text as the pieces that a voice says one after another.
struct SpokenScript {
    private enum Source {
        case plain(PlainScript)
        case marked([SpeechPiece])
    }

    private let source: Source
    private let length: Int

    /// - Parameters:
    ///   - text: plain, or SSML when it begins with `<speak`.
    ///   - sentencePause: seconds after a sentence.
    /// - Throws: `SSMLError`.
    init(_ text: String, language: String, sentencePause: Double) throws(SSMLError) {
        let pauses = SpeechPauses(sentence: sentencePause, paragraph: 2 * sentencePause)
        let normalizer = SpeechNormalizer(language: language)
        length = text.utf8.count
        source =
            SSMLScript.isMarkup(text)
            ? .marked(try SSMLScript(language: language, normalizer: normalizer, pauses: pauses).pieces(text))
            : .plain(PlainScript(text, language: language, normalizer: normalizer, pauses: pauses))
    }

    /// - Parameter body: called with each piece and the fraction of the text that it ends.
    func forEach(_ body: (SpeechPiece, Double) throws -> Void) rethrows {
        switch source {
        case .marked(let pieces):
            for (index, piece) in pieces.enumerated() { try body(piece, Double(index + 1) / Double(pieces.count)) }
        case .plain(let script):
            var done = 0
            for piece in script {
                // Written-out numbers are longer than the text they came from.
                done += piece.text.utf8.count
                try body(piece, min(1, Double(done) / Double(max(1, length))))
            }
        }
    }
}
