package import Primitives

/// What one call used, in one form for every provider.
///
/// Parts are contained in their wholes: cached and audio tokens in `input`, reasoning in `output`. A provider that tells them
/// beside each other is added up by its adapter.
package struct TokenUsage: Sendable, Hashable {
    /// More tokens than any model takes; a larger number is an error of who counted.
    package static let maximumTokens = 1_000_000_000

    /// All input tokens.
    package var input: Int
    /// Of the input: read from the provider's prompt cache.
    package var cachedRead: Int
    /// Of the input: written to the provider's prompt cache for minutes.
    package var cachedWrite: Int
    /// Of the input: written to the provider's prompt cache for an hour.
    package var cachedWriteHour: Int
    /// Of the input: audio, none of it cached.
    package var audioInput: Int
    /// All output tokens.
    package var output: Int
    /// Of the output: reasoning that is charged and not shown.
    package var reasoning: Int
    /// Images in the input that are charged apiece.
    package var images: Int

    package init(
        input: Int, cachedRead: Int = 0, cachedWrite: Int = 0, cachedWriteHour: Int = 0, audioInput: Int = 0, output: Int,
        reasoning: Int = 0, images: Int = 0
    ) {
        (self.input, self.cachedRead, self.cachedWrite, self.cachedWriteHour) = (input, cachedRead, cachedWrite, cachedWriteHour)
        (self.audioInput, self.output, self.reasoning, self.images) = (audioInput, output, reasoning, images)
    }

    /// Input and output together.
    package var tokens: Int { input + output }

    /// What two calls used together.
    package static func + (a: TokenUsage, b: TokenUsage) -> TokenUsage {
        TokenUsage(
            input: a.input + b.input, cachedRead: a.cachedRead + b.cachedRead, cachedWrite: a.cachedWrite + b.cachedWrite,
            cachedWriteHour: a.cachedWriteHour + b.cachedWriteHour, audioInput: a.audioInput + b.audioInput,
            output: a.output + b.output, reasoning: a.reasoning + b.reasoning, images: a.images + b.images)
    }

    /// Nothing at all.
    package static let none = TokenUsage(input: 0, output: 0)

    /// - Throws: `UsageError` for negative or impossibly large counts, and for parts that exceed their whole.
    package func validate() throws(UsageError) {
        // Every price asks for this, so the names are put beside the counts only when there is something to tell.
        let least = min(input, cachedRead, cachedWrite, min(cachedWriteHour, audioInput, output, min(reasoning, images)))
        let most = max(input, cachedRead, cachedWrite, max(cachedWriteHour, audioInput, output, max(reasoning, images)))
        if least < 0 || most > Self.maximumTokens {
            for (name, count) in counts where !(0...Self.maximumTokens).contains(count) {
                throw UsageError(message: "\(name) must be 0 to \(Self.maximumTokens), not \(count)")
            }
        }
        guard cachedRead + cachedWrite + cachedWriteHour + audioInput <= input else {
            throw UsageError(message: "cached and audio tokens are more than all input tokens")
        }
        guard reasoning <= output else { throw UsageError(message: "reasoning tokens are more than all output tokens") }
    }

    /// The counts by their names in JSON.
    package var json: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: counts.map { ($0.0, JSONValue.integer(Int64($0.1))) }))
    }

    /// Reads what `json` gives.
    /// - Returns: `nil` when a count is missing or can not be.
    package init?(json: JSONValue) {
        func count(_ name: String) -> Int? { json[name]?.integerValue.flatMap { Int(exactly: $0) } }
        guard let input = count("input_tokens"), let cachedRead = count("cached_read_tokens"),
            let cachedWrite = count("cached_write_tokens"), let cachedWriteHour = count("cached_write_hour_tokens"),
            let audioInput = count("audio_input_tokens"), let output = count("output_tokens"),
            let reasoning = count("reasoning_tokens"), let images = count("images")
        else { return nil }
        self.init(
            input: input, cachedRead: cachedRead, cachedWrite: cachedWrite, cachedWriteHour: cachedWriteHour,
            audioInput: audioInput, output: output, reasoning: reasoning, images: images)
        do { try validate() } catch { return nil }
    }

    private var counts: [(String, Int)] {
        [
            ("input_tokens", input), ("cached_read_tokens", cachedRead), ("cached_write_tokens", cachedWrite),
            ("cached_write_hour_tokens", cachedWriteHour), ("audio_input_tokens", audioInput), ("output_tokens", output),
            ("reasoning_tokens", reasoning), ("images", images),
        ]
    }
}

/// A usage that can not be.
package struct UsageError: CodedError, Equatable {
    package let message: String
    package var code: String { "invalid-usage" }
}
