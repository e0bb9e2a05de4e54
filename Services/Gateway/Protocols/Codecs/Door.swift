package import Primitives

/// A protocol in which callers speak to the gateway.
package enum Door: String, Sendable, Hashable, CaseIterable {
    /// `POST /v1/chat/completions`
    case openAIChat = "openai-chat"
    /// `POST /v1/responses`
    case openAIResponses = "openai-responses"
    /// `POST /v1/messages`
    case anthropic
    /// `POST /llm/chat` and `/llm/stream`
    case plain

    /// Reads a caller's request.
    /// - Throws: `ModelRequestError` naming the field that does not fit.
    package func decode(_ body: Bytes) throws(ModelRequestError) -> ModelRequest {
        switch self {
        case .openAIChat: try OpenAIChatRequestDecoder.decode(body)
        case .openAIResponses: try ResponsesRequestDecoder.decode(body)
        case .anthropic: try AnthropicRequestDecoder.decode(body, counting: false)
        case .plain: try PlainRequestDecoder.decode(body)
        }
    }

    /// Reads the body of `POST /v1/messages/count_tokens`.
    /// - Throws: `ModelRequestError` naming the field that does not fit.
    package static func decodeTokenCount(_ body: Bytes) throws(ModelRequestError) -> ModelRequest {
        try AnthropicRequestDecoder.decode(body, counting: true)
    }

    /// Writes a whole answer as a JSON body.
    package func encode(_ response: ModelResponse, _ context: AnswerContext) -> Bytes {
        switch self {
        case .openAIChat: OpenAIChatResponseEncoder.encode(response, context)
        case .openAIResponses: ResponsesResponseEncoder.encode(response, context)
        case .anthropic: AnthropicResponseEncoder.encode(response, context)
        case .plain: PlainResponseEncoder.encode(response, context)
        }
    }

    /// A writer for one streamed answer, which is sent as `text/event-stream`.
    package func streamEncoder(_ context: AnswerContext) -> DoorStreamEncoder {
        switch self {
        case .openAIChat: DoorStreamEncoder(OpenAIChatStreamEncoder(context))
        case .openAIResponses: DoorStreamEncoder(ResponsesStreamEncoder(context))
        case .anthropic: DoorStreamEncoder(AnthropicStreamEncoder(context))
        case .plain: DoorStreamEncoder(PlainStreamEncoder(context))
        }
    }

    /// Writes a failure in the door's own form.
    /// - Returns: the HTTP status, the media type and the body.
    package func encode(_ failure: DoorFailure) -> (status: Int, mediaType: String, body: Bytes) {
        switch self {
        case .openAIChat, .openAIResponses: (failure.status, "application/json", failure.openAIBody)
        case .anthropic: (failure.anthropicStatus, "application/json", failure.anthropicBody)
        case .plain: (failure.status, "application/problem+json", failure.problemBody)
        }
    }
}

/// Writes one streamed answer for a caller.
package struct DoorStreamEncoder: Sendable {
    private var encoder: any StreamEventEncoder
    private var hasEnded = false

    init(_ encoder: any StreamEventEncoder) {
        self.encoder = encoder
    }

    /// Appends what the caller should see of an event, ready to be flushed; often nothing. After `failure` or `end` nothing
    /// more is written.
    package mutating func encode(_ event: ModelStreamEvent, into output: inout Bytes) {
        guard !hasEnded else { return }
        encoder.encode(event, into: &output)
        switch event {
        case .end, .failure: hasEnded = true
        default: break
        }
    }
}
