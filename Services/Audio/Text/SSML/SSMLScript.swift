import AudioAPI

/// Speech markup as pieces of speech.
///
/// Of the W3C's SSML 1.1 these have an effect: `speak`, `p`, `s`, `break`, `prosody rate`, `say-as`, `sub`. Elements that only
/// colour the voice are heard as their text; elements of other namespaces are ignored and their text is said (2.1); what is not
/// SSML is refused.
package struct SSMLScript: Sendable {
    private let normalizer: SpeechNormalizer
    private let language: String
    private let pauses: SpeechPauses
    private let maximumLength: Int
    private let limits: XMLLimits

    /// - Parameters:
    ///   - language: a code such as `en`.
    ///   - normalizer: says numbers and abbreviations in words.
    ///   - pauses: after sentences and paragraphs; the strengths of `break` follow them.
    ///   - maximumLength: characters of a piece.
    ///   - limits: on the document.
    package init(
        language: String = "en", normalizer: SpeechNormalizer, pauses: SpeechPauses = SpeechPauses(), maximumLength: Int = 300,
        limits: XMLLimits = XMLLimits()
    ) {
        (self.language, self.normalizer, self.pauses) = (language, normalizer, pauses)
        (self.maximumLength, self.limits) = (maximumLength, limits)
    }

    /// Whether a text means to be markup: it begins with `<speak` or an XML declaration.
    package static func isMarkup(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        return start.hasPrefix("<speak") || start.hasPrefix("<?xml")
    }

    /// - Returns: what to say in order; nothing for a document without text.
    /// - Throws: `SSMLError` with line and column.
    package func pieces(_ text: String) throws(SSMLError) -> [SpeechPiece] {
        var tokenizer = try XMLTokenizer(text, limits: limits)
        var builder = SSMLBuilder(
            normalizer: normalizer, language: language, pauses: pauses, maximumLength: maximumLength, longestPauses: limits.pauses)
        while let event = try tokenizer.next() {
            switch event {
            case .start(let element): try builder.open(element)
            case .end: builder.close()
            case .text(let text, _): builder.say(text)
            }
        }
        return builder.finished()
    }
}
