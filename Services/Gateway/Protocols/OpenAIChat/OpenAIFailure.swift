package import Primitives

/// Errors of OpenAI's protocols.
enum OpenAIFailure {
    /// Reads the body of a failed call.
    static func decode(_ body: Bytes, status: Int) -> ProviderFailure {
        guard let root = try? JSONTape(repairing: body).root, root.isObject else {
            return ProviderFailure(
                FailureKind.of(status: status, code: nil, message: ""), status: status, message: FailureKind.excerpt(body))
        }
        // Older vLLM and Qwen put the fields at the top; LM Studio gives a bare string.
        return decode(root.present("error") ?? root, status: status)
    }

    /// Reads the error object.
    static func decode(_ error: JSONNode, status: Int) -> ProviderFailure {
        let message = error.string ?? error["message"]?.string ?? ""
        let code = error.present("code").flatMap { $0.string ?? $0.integer.map(String.init) }
        let type = error.present("type")?.string
        // OpenRouter and llama.cpp write the status as the code.
        let status = status != 0 ? status : error["code"]?.integer.flatMap { (400..<600).contains($0) ? $0 : nil } ?? 0
        let known = code.flatMap { Int($0) == nil ? $0 : nil } ?? type
        return ProviderFailure(
            FailureKind.of(status: status, code: known, message: message), status: status, providerCode: known ?? code,
            message: message, field: error.present("param")?.string)
    }
}

extension DoorFailure {
    /// The body on OpenAI's doors.
    package var openAIBody: Bytes {
        var json = JSONBuilder(capacity: 256)
        json.object { json in
            json.object("error") { json in
                json.member("message", message)
                json.member("type", openAIType)
                json.member("param", orNull: field)
                json.member("code", openAICode ?? code)
            }
        }
        return json.bytes
    }

    private var openAIType: StaticString {
        switch kind {
        case .invalidRequest, .contextOverflow, .contentFilter, .notFound, .tooLarge: "invalid_request_error"
        case .authentication: "authentication_error"
        case .permission: "permission_error"
        case .budget: "insufficient_quota"
        case .rateLimited: "rate_limit_error"
        case .overloaded, .timeout, .upstream, .server: "server_error"
        }
    }

    /// Codes that clients of OpenAI look for.
    private var openAICode: String? {
        switch kind {
        case .contextOverflow: "context_length_exceeded"
        case .contentFilter: "content_filter"
        case .authentication: "invalid_api_key"
        case .budget: "insufficient_quota"
        case .rateLimited: "rate_limit_exceeded"
        default: nil
        }
    }
}
