import Primitives
import Synchronization

/// Counts the tokens of texts and chat requests for any model.
///
/// Vocabularies are read when they are first needed and kept: at most one for each encoding and each configured model. Those
/// of OpenAI's encodings are mapped files, which cost no memory of the process's own. Any number of threads may use one object.
package final class TokenCounters: Sendable {
    private struct Loaded {
        var encoders: [Encoding: BytePairEncoder] = [:]
        var sentencePieces: [String: SentencePieceEncoder] = [:]
    }

    private let folder: String
    private let models: [String: String]
    private let loaded = Mutex(Loaded())

    /// - Parameters:
    ///   - vocabularies: the folder of `deploy/models`' `openai-encodings`, with `o200k_base.bpe` and the others.
    ///   - sentencePieceModels: paths of SentencePiece model files by the beginnings of the names of the models they are for:
    ///   `gemma`,
    ///     `llama-2`. One for `gemini` makes the estimate for Gemini better: Google's own local counter uses Gemma's.
    package init(vocabularies: String, sentencePieceModels: [String: String] = [:]) {
        folder = vocabularies
        models = sentencePieceModels
    }

    /// How many tokens a text has for a model, without what a chat adds.
    ///
    /// - Throws: `TokenizationError.vocabularyMissing` before the vocabularies are installed, `unreadable`, `damaged`,
    ///   `unsupportedModel`.
    package func count(_ text: String, model: String) throws(TokenizationError) -> TokenCount {
        let method = try method(for: model)
        return TokenCount(tokens: method.count(text), isEstimated: method.isEstimated)
    }

    /// How many tokens the prompt of a chat request has for a model: its messages, tools and images, and what is put around them.
    ///
    /// Exact only for messages of text to models of OpenAI; what they charge for tools and images is documented in part.
    /// - Throws: as `count(_:model:)`.
    package func count(_ chat: ChatShape, model: String) throws(TokenizationError) -> ChatTokenCount {
        let method = try method(for: model)
        let images = chat.messages.flatMap(\.images)
        var result = ChatTokenCount(
            messages: 0, tools: 0, images: images.reduce(0) { $0 + method.tokens(of: $1) }, isEstimated: true, method: method.name)
        switch method.family {
        case .openAI:
            result.messages = ChatOverhead.openAI(chat, count: method.count)
            result.tools = ChatOverhead.openAITools(chat, count: method.count)
            result.isEstimated = !images.isEmpty || !chat.tools.isEmpty || chat.messages.contains { !$0.toolCalls.isEmpty }
        case .claude:
            // Of Anthropic's examples ("Token counting"): 14 for a system prompt of four words and a message of two.
            result.messages = ChatOverhead.plain(chat, perMessage: 3, begin: 3, count: method.count)
            if !chat.tools.isEmpty {
                result.tools = ChatOverhead.claudeToolPrompt(model: method.model, mustCallTool: chat.mustCallTool)
            }
            result.tools += ChatOverhead.plainTools(chat.tools, count: method.count)
        case .sentencePiece, .gemini, .unknown:
            // Gemma's template: <start_of_turn>, role, line end, <end_of_turn>, line end; at the end one turn begun, at the
            // start <bos>.
            result.messages = ChatOverhead.plain(chat, perMessage: 5, begin: 4, count: method.count)
            result.tools = ChatOverhead.plainTools(chat.tools, count: method.count)
        }
        return result
    }

    /// The most tokens that a model makes of one image, whatever its size; needs no vocabulary.
    package static func mostImageTokens(model: String) -> Int {
        CountingMethod(model: model, family: ModelFamily(model: model), name: "", exact: nil).mostImageTokens
    }

    /// How a model's tokens are counted.
    package func family(of model: String) -> ModelFamily { ModelFamily(model: model, configured: models) }

    private func method(for model: String) throws(TokenizationError) -> CountingMethod {
        let family = family(of: model)
        switch family {
        case .openAI(let encoding):
            return CountingMethod(model: model, family: family, name: encoding.rawValue, exact: try encoder(encoding).count)
        case .sentencePiece(let path):
            let isGemini = ModelFamily(model: model) == .gemini
            return CountingMethod(
                model: model, family: isGemini ? .gemini : family, name: "sentencepiece", exact: try sentencePiece(path).count)
        case .claude: return CountingMethod(model: model, family: family, name: "claude-estimate", exact: nil)
        case .gemini: return CountingMethod(model: model, family: family, name: "gemini-estimate", exact: nil)
        case .unknown: return CountingMethod(model: model, family: family, name: "estimate", exact: nil)
        }
    }

    /// The encoder of an encoding.
    ///
    /// - Throws: `TokenizationError.vocabularyMissing`, `unreadable`, `damaged`.
    package func encoder(_ encoding: Encoding) throws(TokenizationError) -> BytePairEncoder {
        let path = "\(folder)/\(encoding.rawValue).bpe"
        return try loaded.withLock { loaded throws(TokenizationError) in
            if let encoder = loaded.encoders[encoding] { return encoder }
            let encoder = try BytePairEncoder(encoding: encoding, path: path)
            loaded.encoders[encoding] = encoder
            return encoder
        }
    }

    /// Reads the configured SentencePiece models, so that one that is missing or damaged is told at once.
    ///
    /// - Throws: `TokenizationError.unreadable`, `damaged`, `unsupportedModel`.
    package func loadSentencePieces() throws(TokenizationError) {
        for path in models.values.sorted() { _ = try sentencePiece(path) }
    }

    private func sentencePiece(_ path: String) throws(TokenizationError) -> SentencePieceEncoder {
        try loaded.withLock { loaded throws(TokenizationError) in
            if let encoder = loaded.sentencePieces[path] { return encoder }
            let encoder = try SentencePieceEncoder(path: path)
            loaded.sentencePieces[path] = encoder
            return encoder
        }
    }
}
