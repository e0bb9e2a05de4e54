package import Primitives

/// Speaks to one provider: calls in the canonical form to its protocol, its answers back. No connection is made here.
package struct ProviderCodec: Sendable {
    /// How the provider is spoken to.
    package let profile: ProviderProfile

    package init(_ profile: ProviderProfile) {
        self.profile = profile
    }

    /// The header that carries the provider's key.
    package func authorization(key: String) -> ProviderCall.Header {
        switch profile.wire {
        case .openAIChat, .openAIResponses, .ollama: .init(name: "authorization", value: "Bearer " + key)
        case .anthropic: .init(name: "x-api-key", value: key)
        case .gemini: .init(name: "x-goog-api-key", value: key)
        }
    }

    /// Puts a call into the provider's words.
    /// - Parameter model: the provider's own name of the model.
    /// - Throws: `ModelRequestError`, reason `unsupported`, for what the provider has no words for.
    package func encode(_ request: ModelRequest, model: String) throws(ModelRequestError) -> ProviderCall {
        switch profile.wire {
        case .openAIChat: try OpenAIChatRequestEncoder.encode(request, model: model, profile: profile)
        case .openAIResponses: try ResponsesRequestEncoder.encode(request, model: model, profile: profile)
        case .anthropic: try AnthropicRequestEncoder.encode(request, model: model, profile: profile)
        case .gemini: try GeminiRequestEncoder.encode(request, model: model, profile: profile)
        case .ollama: try OllamaRequestEncoder.encode(request, model: model, profile: profile)
        }
    }

    /// Reads a whole answer.
    /// - Throws: `ProviderFailure` when it is an error after all, or not the provider's protocol.
    package func decodeResponse(_ body: Bytes) throws(ProviderFailure) -> ModelResponse {
        switch profile.wire {
        case .openAIChat: try OpenAIChatResponseDecoder.decode(body)
        case .openAIResponses: try ResponsesResponseDecoder.decode(body)
        case .anthropic: try AnthropicResponseDecoder.decode(body)
        case .gemini: try GeminiResponseDecoder.decode(body)
        case .ollama: try OllamaResponseDecoder.decode(body)
        }
    }

    /// A reader for one streamed answer.
    package func streamDecoder() -> ProviderStreamDecoder {
        switch profile.wire {
        case .openAIChat: ProviderStreamDecoder(OpenAIChatStreamDecoder(), lines: false)
        case .openAIResponses: ProviderStreamDecoder(ResponsesStreamDecoder(), lines: false)
        case .anthropic: ProviderStreamDecoder(AnthropicStreamDecoder(), lines: false)
        case .gemini: ProviderStreamDecoder(GeminiStreamDecoder(), lines: false)
        case .ollama: ProviderStreamDecoder(OllamaStreamDecoder(), lines: true)
        }
    }

    /// Reads the answer of a call that failed.
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: whatever came with it.
    ///   - hints: what the headers told.
    package func decodeFailure(status: Int, body: Bytes, hints: RateLimitHints) -> ProviderFailure {
        var failure =
            switch profile.wire {
            case .openAIChat, .openAIResponses: OpenAIFailure.decode(body, status: status)
            case .anthropic: AnthropicFailure.decode(body, status: status)
            case .gemini: GeminiFailure.decode(body, status: status)
            case .ollama: OllamaFailure.decode(body, status: status)
            }
        failure.retryAfter = hints.retryAfter ?? failure.retryAfter ?? (failure.kind == .rateLimited ? hints.reset : nil)
        return failure
    }

    /// Puts a call for vectors into the provider's words.
    /// - Throws: `ModelRequestError`, reason `unsupported`; Anthropic has no vectors at all.
    package func encode(_ request: EmbeddingRequest, model: String) throws(ModelRequestError) -> ProviderCall {
        switch profile.wire {
        case .openAIChat, .openAIResponses: try OpenAIEmbeddings.encode(request, model: model, profile: profile)
        case .gemini: try GeminiEmbeddings.encode(request, model: model)
        case .ollama: try OllamaEmbeddings.encode(request, model: model)
        case .anthropic: throw .unsupported("model", by: profile.name, "embeddings")
        }
    }

    /// Reads vectors.
    /// - Parameter request: the call that is answered; there must be a vector for each of its inputs.
    /// - Throws: `ProviderFailure` when it is not the provider's protocol.
    package func decodeEmbeddings(_ body: Bytes, for request: EmbeddingRequest) throws(ProviderFailure) -> EmbeddingResponse {
        let response =
            switch profile.wire {
            case .openAIChat, .openAIResponses, .anthropic: try OpenAIEmbeddings.decode(body)
            case .gemini: try GeminiEmbeddings.decode(body, model: request.model)
            case .ollama: try OllamaEmbeddings.decode(body)
            }
        guard response.vectors.count == request.inputCount else {
            throw .malformed("the provider did not give one vector for each input")
        }
        return response
    }

    /// The call that lists the provider's models.
    package var modelListCall: ProviderCall {
        switch profile.wire {
        case .openAIChat, .openAIResponses: ProviderCall(method: "GET", path: "/models")
        case .anthropic: ProviderCall(method: "GET", path: "/v1/models?limit=1000", headers: AnthropicRequestEncoder.headers)
        case .gemini: ProviderCall(method: "GET", path: "/v1beta/models?pageSize=1000")
        case .ollama: ProviderCall(method: "GET", path: "/api/tags")
        }
    }

    /// Reads the provider's list of models.
    /// - Throws: `ProviderFailure` when it is not the provider's protocol.
    package func decodeModels(_ body: Bytes) throws(ProviderFailure) -> [ModelListing] {
        try ModelListDecoder.decode(body)
    }
}
