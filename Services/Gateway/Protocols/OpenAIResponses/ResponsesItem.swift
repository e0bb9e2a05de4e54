/// One item of a response's output. Each part of an answer is one item, and its place in the answer is its output index.
enum ResponsesItem {
    /// The identifier of the item at a place.
    /// - Parameter response: the response's identifier.
    static func id(_ part: ContentPart, _ index: Int, response: String) -> String {
        let base = response.split(separator: "_", maxSplits: 1).last.map(String.init) ?? response
        return switch part {
        case .toolCall: "fc_\(base)_\(index)"
        case .reasoning(let reasoning): ResponsesProof.parse(reasoning.encrypted)?.id ?? "rs_\(base)_\(index)"
        default: "msg_\(base)_\(index)"
        }
    }

    /// Writes an item.
    /// - Parameter status: `in_progress` for an item that has just begun, whose content is left out.
    static func write(_ part: ContentPart, id: String, status: StaticString, isEmpty: Bool = false, to json: inout JSONBuilder) {
        json.object { json in
            json.member("id", id)
            switch part {
            case .toolCall(let call):
                json.member("type", "function_call" as StaticString)
                json.member("status", status)
                json.member("call_id", call.id)
                json.member("name", call.name)
                json.member("arguments", isEmpty ? "" : call.arguments.isEmpty ? "{}" : call.arguments)
            case .reasoning(let reasoning):
                json.member("type", "reasoning" as StaticString)
                json.array("summary") { if !isEmpty { writeSummary(reasoning.text, to: &$0) } }
                if !isEmpty { json.member("encrypted_content", ifPresent: reasoning.encrypted ?? reasoning.signature) }
            default:
                json.member("type", "message" as StaticString)
                json.member("status", status)
                json.member("role", "assistant" as StaticString)
                json.array("content") { if !isEmpty { writeContent(part, to: &$0) } }
            }
        }
    }

    /// Writes the content part of a message.
    static func writeContent(_ part: ContentPart, to json: inout JSONBuilder) {
        json.object { json in
            if case .refusal(let text) = part {
                json.member("type", "refusal" as StaticString)
                json.member("refusal", text)
            } else if case .text(let text) = part {
                json.member("type", "output_text" as StaticString)
                json.array("annotations") { _ in }
                json.array("logprobs") { _ in }
                json.member("text", text.text)
            }
        }
    }

    /// Writes the one part of a reasoning's summary; nothing for no text.
    static func writeSummary(_ text: String, to json: inout JSONBuilder) {
        guard !text.isEmpty else { return }
        json.object { json in
            json.member("type", "summary_text" as StaticString)
            json.member("text", text)
        }
    }
}
