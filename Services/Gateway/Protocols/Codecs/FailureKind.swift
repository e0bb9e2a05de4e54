import Primitives

/// Sorts providers' failures by status, code and wording.
enum FailureKind {
    /// - Parameters:
    ///   - status: the HTTP status; 0 within a stream.
    ///   - code: the provider's own word, any case.
    ///   - message: the provider's own sentence; full contexts are often told only there.
    static func of(status: Int, code: String?, message: String) -> ProviderFailure.Kind {
        let code = code?.lowercased() ?? ""
        if let kind = byCode[code] { return kind }
        let message = message.lowercased()
        if [0, 400, 403].contains(status), filters.contains(where: { message.contains($0) }) { return .contentFilter }
        if status == 400 || status == 413 || status == 0 || status == 500 {
            if overflows.contains(where: { message.contains($0) }) { return .contextOverflow }
        }
        switch status {
        case 401: return .authentication
        case 402: return .paymentRequired
        case 403: return .permission
        case 404: return .notFound
        case 408, 504: return .timeout
        case 413: return .tooLarge
        case 429: return .rateLimited
        case 503, 529: return .overloaded
        case 400..<500: return .invalidRequest
        default: return .server
        }
    }

    /// Up to 200 characters of a body that is not the provider's protocol.
    static func excerpt(_ body: Bytes) -> String {
        String(String(decoding: body.prefix(400), as: UTF8.self).prefix(200))
    }

    /// Codes and types of OpenAI, Azure, Anthropic, Google (gRPC status names), llama.cpp and Ollama.
    private static let byCode: [String: ProviderFailure.Kind] = [
        "context_length_exceeded": .contextOverflow, "exceed_context_size_error": .contextOverflow,
        "string_above_max_length": .contextOverflow, "model_context_window_exceeded": .contextOverflow,
        "content_filter": .contentFilter, "content_policy_violation": .contentFilter, "data_inspection_failed": .contentFilter,
        "datainspectionfailed": .contentFilter, "invalid_prompt": .contentFilter,
        "invalid_api_key": .authentication, "authentication_error": .authentication, "unauthenticated": .authentication,
        "permission_error": .permission, "permission_denied": .permission,
        "insufficient_quota": .paymentRequired, "billing_error": .paymentRequired,
        "rate_limit_exceeded": .rateLimited, "rate_limit_error": .rateLimited, "resource_exhausted": .rateLimited,
        "overloaded_error": .overloaded, "unavailable": .overloaded, "engine_overloaded_error": .overloaded,
        "unavailable_error": .overloaded,
        "model_not_found": .notFound, "not_found_error": .notFound, "not_found": .notFound,
        "request_too_large": .tooLarge, "timeout_error": .timeout, "deadline_exceeded": .timeout,
        "api_error": .server, "server_error": .server, "internal": .server,
    ]

    /// How Anthropic, OpenAI, Azure, OpenRouter and DeepSeek word that they will not read or say something.
    private static let filters = [
        "content filtering policy", "violating our usage polic", "content management policy", "input was flagged",
        "content exists risk",
    ]

    /// How providers word a prompt that does not fit.
    private static let overflows = [
        "context length", "context window", "prompt is too long", "maximum context", "context size",
        "exceeds the maximum number of tokens",
        "input token count", "too many tokens",
    ]
}
