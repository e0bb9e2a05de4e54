import ModelProtocols
import Primitives
import Tokenization

/// How many tokens a call's input has, as far as one can tell before it is made.
struct InputEstimate: Sendable {
    /// What budgets reserve for everything but pictures, which each model charges by a rule of its own. With a vocabulary, no
    /// fewer than the provider will count of texts; of recordings and documents as many as their size makes likely.
    let most: Int
    /// What is charged when the provider told nothing, pictures included.
    let likely: Int

    /// Texts up to this size are not counted: no vocabulary makes more tokens of a text than it has bytes, and a few thousand
    /// tokens weigh little beside the answer that is reserved with them.
    private static let countedFrom = 4096
    /// Later models of other makers make up to this many times the tokens of o200k_base (Anthropic, "Token counting").
    private static let vocabularyMargin = 1.5
    /// A picture of 1024 by 1024, of which nobody charges more without being asked (Anthropic, "Vision").
    private static let picture = 1600
    /// A second of audio, the most that is charged (Google, "Audio understanding").
    private static let audioSecond = 32
    /// A document: some pages, as text and as picture (Anthropic, "PDF support": 1,500 to 3,000 tokens a page and the picture).
    private static let document = 5000
    /// Bytes of a document for each token: pages of about 100 kB and 3,000 tokens.
    private static let documentBytes = 32
    /// What surrounds messages and tools.
    private static let overhead = 64

    /// - Parameters:
    ///   - traits: sizes of the request's texts and media.
    ///   - text: the request without media, whose JSON has at least the tokens of its texts; asked for when it is to be counted.
    init(_ traits: RequestTraits, counters: TokenCounters, text: () -> Bytes) {
        let media =
            traits.audioSeconds * Self.audioSecond
            + max(traits.documents * Self.document, traits.documentBytes / Self.documentBytes)
        let pictures = traits.images * Self.picture
        let bytes = traits.textBytes + Self.overhead
        guard traits.textBytes > Self.countedFrom, let encoder = Self.encoder(counters) else {
            // Four bytes a token is English; what is charged for by guess is rounded up a little.
            likely = bytes / 4 + Self.overhead / 4 + media + pictures
            most = (traits.textBytes > Self.countedFrom ? bytes / 2 : bytes) + media
            return
        }
        let counted = encoder.count(String(decoding: text(), as: UTF8.self)) + Self.overhead / 4
        likely = counted + media + pictures
        most = Int(Double(counted) * Self.vocabularyMargin) + media
    }

    /// Tokens of an answer whose provider told no usage.
    static func output(_ text: String, counters: TokenCounters) -> Int {
        encoder(counters)?.count(text) ?? (text.utf8.count + 3) / 4
    }

    private static func encoder(_ counters: TokenCounters) -> BytePairEncoder? {
        do { return try counters.encoder(.o200k) } catch { return nil }
    }
}
