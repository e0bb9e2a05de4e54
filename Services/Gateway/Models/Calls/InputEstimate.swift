import Primitives
import Tokenization

/// How many tokens a call's input has, as far as one can tell before it is made.
struct InputEstimate: Sendable {
    /// No fewer than the provider will count: what budgets reserve.
    let most: Int
    /// What is charged when the provider told nothing.
    let likely: Int

    /// Texts up to this size are not counted: no vocabulary makes more tokens of a text than it has bytes, and a few thousand
    /// tokens weigh little beside the answer that is reserved with them.
    private static let countedFrom = 4096
    /// Later models of other makers make up to this many times the tokens of o200k_base (Anthropic, "Token counting").
    private static let vocabularyMargin = 1.5
    /// The most that a picture or a second of audio is charged with by today's providers, about.
    private static let media = 1600
    /// What surrounds messages and tools.
    private static let overhead = 64

    /// - Parameters:
    ///   - body: the request, whose JSON has at least the tokens of its texts.
    ///   - textBytes: bytes of its texts alone.
    ///   - hasMedia: whether there is more in it than text.
    init(body: Bytes, textBytes: Int, hasMedia: Bool, counters: TokenCounters) {
        let media = hasMedia ? Self.media : 0
        let bytes = textBytes + Self.overhead
        // Four bytes a token is English; what is charged for by guess is rounded up a little.
        let guess = bytes / 4 + Self.overhead / 4
        guard textBytes > Self.countedFrom, media == 0, let encoder = Self.encoder(counters) else {
            most = (textBytes > Self.countedFrom ? bytes / 2 : bytes) + media
            likely = guess + media
            return
        }
        likely = encoder.count(String(decoding: body, as: UTF8.self)) + Self.overhead / 4
        most = Int(Double(likely) * Self.vocabularyMargin)
    }

    /// Tokens of an answer whose provider told no usage.
    static func output(_ text: String, counters: TokenCounters) -> Int {
        encoder(counters)?.count(text) ?? (text.utf8.count + 3) / 4
    }

    private static func encoder(_ counters: TokenCounters) -> BytePairEncoder? {
        do { return try counters.encoder(.o200k) } catch { return nil }
    }
}
