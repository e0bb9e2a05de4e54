package import Primitives

/// Errors of the Messages API.
enum AnthropicFailure {
    static func decode(_ body: Bytes, status: Int) -> ProviderFailure {
        guard let error = try? JSONTape(repairing: body).root.present("error") else {
            return ProviderFailure(
                FailureKind.of(status: status, code: nil, message: ""), status: status, message: FailureKind.excerpt(body))
        }
        return decode(error, status: status)
    }

    static func decode(_ error: JSONNode, status: Int) -> ProviderFailure {
        let type = error["type"]?.string
        let message = error["message"]?.string ?? ""
        return ProviderFailure(
            FailureKind.of(status: status, code: type, message: message), status: status, providerCode: type, message: message)
    }
}

extension DoorFailure {
    /// The body on Anthropic's doors, whose messages write `messages.0.content` where ours have `messages[0].content`.
    package var anthropicBody: Bytes {
        var json = JSONBuilder(capacity: 256)
        json.object { json in
            json.member("type", "error" as StaticString)
            json.object("error") { json in
                json.member("type", anthropicType)
                json.member("message", anthropicMessage)
            }
            json.member("request_id", orNull: requestID)
        }
        return json.bytes
    }

    private var anthropicType: StaticString {
        switch kind {
        case .invalidRequest, .contextOverflow, .contentFilter: "invalid_request_error"
        case .authentication: "authentication_error"
        case .permission: "permission_error"
        case .budget: "billing_error"
        case .notFound: "not_found_error"
        case .tooLarge: "request_too_large"
        case .rateLimited: "rate_limit_error"
        case .overloaded: "overloaded_error"
        case .timeout: "timeout_error"
        case .upstream, .server: "api_error"
        }
    }

    private var anthropicMessage: String {
        // Clients look for these words to tell a full context from other mistakes.
        if kind == .contextOverflow, !message.contains("prompt is too long") { return "prompt is too long: \(message)" }
        guard let field, message.hasPrefix(field) else { return message }
        let dotted = field.replacing("[", with: ".").replacing("]", with: "")
        return dotted + message.dropFirst(field.count)
    }
}
