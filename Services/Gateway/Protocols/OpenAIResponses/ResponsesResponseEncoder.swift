import Primitives

/// Writes a whole answer of `POST /v1/responses`, and the object that its streams repeat.
enum ResponsesResponseEncoder {
    static func encode(_ response: ModelResponse, _ context: AnswerContext) -> Bytes {
        var json = JSONBuilder(capacity: 2048)
        json.object { write(response, context, status: status(response), to: &$0) }
        return json.bytes
    }

    static func status(_ response: ModelResponse) -> StaticString {
        switch response.choices.first?.finish.kind {
        case .length, .contextFull, .contentFilter: "incomplete"
        default: "completed"
        }
    }

    /// Writes all members of the object.
    /// - Parameters:
    ///   - status: `in_progress`, `completed`, `incomplete` or `failed`; items and usage are left out of the first.
    ///   - failure: what went wrong, for `failed`.
    static func write(
        _ response: ModelResponse, _ context: AnswerContext, status: StaticString, failure: DoorFailure? = nil,
        to json: inout JSONBuilder
    ) {
        let id = context.id(response.id)
        let isOpen = status.description == "in_progress"
        json.member("id", id)
        json.member("object", "response" as StaticString)
        json.member("created_at", context.created(response.created))
        json.member("status", status)
        json.member("background", false)
        write(failure, to: &json)
        writeIncomplete(response, status, to: &json)
        json.nullMember("instructions")
        json.member("model", context.model(response.model))
        json.array("output") { json in
            guard !isOpen else { return }
            for (index, part) in (response.choices.first?.parts ?? []).enumerated() {
                ResponsesItem.write(part, id: ResponsesItem.id(part, index, response: id), status: "completed", to: &json)
            }
        }
        if isOpen { json.nullMember("usage") } else { ResponsesUsage.write(response.usage ?? ModelUsage(), to: &json) }
        writeSettings(context.request, to: &json)
    }

    private static func write(_ failure: DoorFailure?, to json: inout JSONBuilder) {
        guard let failure else { return json.nullMember("error") }
        json.object("error") { json in
            // The only codes that fit gateways' failures.
            json.member("code", failure.kind == .rateLimited ? "rate_limit_exceeded" : "server_error" as StaticString)
            json.member("message", failure.message)
        }
    }

    private static func writeIncomplete(_ response: ModelResponse, _ status: StaticString, to json: inout JSONBuilder) {
        guard status.description == "incomplete" else { return json.nullMember("incomplete_details") }
        let isFiltered = response.choices.first?.finish.kind == .contentFilter
        json.object("incomplete_details") {
            $0.member("reason", isFiltered ? "content_filter" : "max_output_tokens" as StaticString)
        }
    }

    /// Writes the request's settings back, as the API does.
    private static func writeSettings(_ request: ModelRequest, to json: inout JSONBuilder) {
        if let limit = request.maximumTokens {
            json.member("max_output_tokens", limit)
        } else {
            json.nullMember("max_output_tokens")
        }
        json.member("parallel_tool_calls", request.parallelToolCalls ?? true)
        json.nullMember("previous_response_id")
        json.object("reasoning") { json in
            json.member("effort", orNull: request.reasoning?.effort?.rawValue)
            json.member("summary", orNull: request.reasoning?.summary)
        }
        json.member("store", false)
        json.member("temperature", request.sampling.temperature ?? 1)
        json.member("top_p", request.sampling.topP ?? 1)
        json.object("text") { json in
            json.object("format") { ResponsesFormat.write(request.output, to: &$0) }
            json.member("verbosity", ifPresent: request.verbosity)
        }
        ResponsesToolChoice.write(request.toolChoice ?? .automatic, to: &json)
        json.array("tools") { json in
            for tool in request.tools {
                json.object { json in
                    json.member("type", "function" as StaticString)
                    json.member("name", tool.name)
                    json.member("description", orNull: tool.description)
                    json.member("parameters", tool.parameters ?? RequestEncoding.noParameters)
                    json.member("strict", tool.strict ?? false)
                }
            }
        }
        json.member("truncation", "disabled" as StaticString)
        json.member("user", orNull: request.user)
        json.member("metadata", request.metadata ?? .emptyObject)
    }
}
