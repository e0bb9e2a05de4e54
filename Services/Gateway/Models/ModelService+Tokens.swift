import ModelProtocols
import ModelRouting
package import Primitives
import Tokenization

/// Counting before calling.
extension ModelService {
    /// The tokens of the body of `POST /v1/messages/count_tokens`.
    /// - Throws: `ModelRequestError`.
    package func countTokens(_ body: Bytes) throws -> Int {
        let request = try Door.decodeTokenCount(body)
        return count(request, registry.model(named: request.model)?.id ?? request.model).count
    }

    /// The answer of `POST /gateway/analyze-tokens`: the tokens of a `text`, a `prompt` or `messages` with `tools`, for a `model`,
    /// several `models`, or all that the caller may use; and what a call would cost that gives as many as `max_tokens`.
    /// - Throws: `ModelRequestError`; `CallRefused` for a model that there is not.
    package func analyze(_ body: Bytes, for caller: ModelCaller) throws -> JSONValue {
        let document: JSONValue
        do { document = try JSONValue(parsing: body) } catch {
            throw ModelRequestError(.malformed, field: "", "the body is not valid JSON: \(error.message)")
        }
        let text = document["text"]?.stringValue
        let request = text == nil ? try Door.plain.decode(body) : nil
        let models = try chosen(document, caller)
        var counts: [JSONValue] = []
        for model in models {
            let tokens = if let request { count(request, model.id) } else { count(text ?? "", model.id) }
            let output = request?.maximumTokens ?? 0
            let price = model.deployments[0].prices.price(at: .now())
            let usage = TokenUsage(input: tokens.count, output: min(output, TokenUsage.maximumTokens))
            counts.append([
                "model": .string(model.id), "input_tokens": JSONValue(tokens.count), "estimated": .bool(tokens.isEstimated),
                "fits": .bool(tokens.count + output <= model.contextWindow), "context_window": JSONValue(model.contextWindow),
                "cost": try price.cost(of: usage).json,
            ])
        }
        return ["counts": .array(counts)]
    }

    private func chosen(_ document: JSONValue, _ caller: ModelCaller) throws -> [Model] {
        let names = document["models"]?.arrayValue?.compactMap(\.stringValue) ?? document["model"]?.stringValue.map { [$0] }
        guard let names, names != ["auto"] else {
            return registry.models.filter { isAvailable($0) && (caller.allowed?.allows($0) ?? true) }
        }
        return try names.map { name in
            guard let model = registry.model(named: name) else {
                throw CallRefused(
                    DoorFailure(
                        .notFound, code: "model-not-found", message: "there is no model \(name.prefix(100))", field: "model"))
            }
            return model
        }
    }

    private func count(_ text: String, _ model: String) -> (count: Int, isEstimated: Bool) {
        do {
            let count = try counters.count(text, model: model)
            return (count.tokens, count.isEstimated)
        } catch {
            // Without vocabularies: four bytes a token, and a little more.
            return (text.utf8.count / 4 + 1, true)
        }
    }

    private func count(_ request: ModelRequest, _ model: String) -> (count: Int, isEstimated: Bool) {
        do {
            let count = try counters.count(ChatShape(request), model: model)
            return (count.total, count.isEstimated)
        } catch {
            return (request.traits.textBytes / 4 + 8 * request.messages.count, true)
        }
    }
}

extension ChatShape {
    /// What of a call has tokens.
    fileprivate init(_ request: ModelRequest) {
        let messages = request.messages.map { message in
            Message(
                role: message.role.rawValue, name: message.name, text: message.parts.countedText,
                images: message.parts.compactMap { part in
                    guard case .image(let image) = part else { return nil }
                    return Image(isLowDetail: image.detail == "low")
                },
                toolCalls: message.parts.toolCalls.map { ToolCall(name: $0.name, arguments: $0.arguments) })
        }
        let tools = request.tools.map { tool in
            let schema = tool.parameters.flatMap { try? JSONValue(parsing: $0.bytes) } ?? .object([:])
            return Tool(name: tool.name, description: tool.description, schema: schema)
        }
        let mustCall =
            switch request.toolChoice ?? .automatic {
            case .required, .tool: true
            case .allowed(_, let required): required
            case .automatic, .none: false
            }
        self.init(messages: messages, tools: tools, mustCallTool: mustCall)
    }
}

extension [ContentPart] {
    fileprivate var countedText: String {
        reduce(into: "") { text, part in
            switch part {
            case .text(let piece): text += piece.text
            case .refusal(let refusal): text += refusal
            case .toolResult(let result): text += result.content.countedText
            case .reasoning(let reasoning): text += reasoning.text
            case .image, .audio, .file, .toolCall: break
            }
        }
    }
}
