import ModelProtocols
import ModelRouting
package import Primitives
import Synchronization
import Tokenization

/// Counting before calling.
extension ModelService {
    /// The tokens of the body of `POST /v1/messages/count_tokens`. Models that are not in the registry are counted as their names
    /// suggest.
    /// - Throws: `ModelRequestError`; `RouteError.modelNotAllowed`.
    package func countTokens(_ body: Bytes, for caller: ModelCaller) async throws -> Int {
        let request = try Door.decodeTokenCount(body)
        let model = registry.model(named: request.model)
        if let model, caller.allowed?.allows(model) == false { throw RouteError.modelNotAllowed(request.model) }
        return try await counting.run(bytes: body.count) { self.count(request, model?.id ?? request.model).count }
    }

    /// The answer of `POST /gateway/analyze-tokens`: the tokens of a `text`, a `prompt` or `messages` with `tools`, for a `model`,
    /// several `models`, or all that the caller may use; and what a call would cost that gives as many as `max_tokens`.
    /// - Throws: `ModelRequestError`; `RouteError` for a model that there is not or that the caller may not use.
    package func analyze(_ body: Bytes, for caller: ModelCaller) async throws -> JSONValue {
        let document: JSONValue
        do { document = try JSONValue(parsing: body) } catch {
            throw ModelRequestError(.malformed, field: "", "the body is not valid JSON: \(error.message)")
        }
        let subject: CountedSubject
        if let text = document["text"], text != .null {
            guard case .string(let text) = text else { throw ModelRequestError(.wrongType, field: "text", "text must be a string") }
            subject = .text(text, output: try Self.maximumTokens(document["max_tokens"]))
        } else {
            let request = try Door.plain.decode(body)
            let traits = request.traits
            subject = .request(request, hasOnlyText: !traits.usesMedia && !traits.usesTools)
        }
        let models = try chosen(document, caller)
        // Each is gone through once more for every way of counting.
        let bytes = body.count.multipliedReportingOverflow(by: Set(models.map { countedAlike(subject, $0) }).count)
        guard !bytes.overflow, bytes.partialValue <= Self.maximumBytes else {
            throw ModelRequestError(
                .outOfRange, field: "models", "models: too many for so long a text; ask for fewer, or for one after the other")
        }
        let isLeft = Flag()
        return try await withTaskCancellationHandler {
            ["counts": .array(try await counting.run(bytes: bytes.partialValue) { try self.counts(subject, models, isLeft) })]
        } onCancel: {
            isLeft.raise()
        }
    }

    /// Whether who asked has left; counting threads look at it between two models.
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isRaised: Bool { value.load(ordering: .relaxed) }
        func raise() { value.store(true, ordering: .relaxed) }
    }

    private enum CountedSubject: Sendable {
        /// - Parameter output: the most tokens that an answer may have.
        case text(String, output: Int)
        case request(ModelRequest, hasOnlyText: Bool)

        /// What an answer of the most tokens that are asked for would be charged for, beside the input.
        var usage: TokenUsage {
            switch self {
            case .text(_, let output): TokenUsage(input: 0, output: output)
            case .request(let request, _): TokenUsage(input: 0, output: request.maximumTokens ?? 0, images: request.traits.images)
            }
        }
    }

    /// What two models have in common that count a text alike: their family; pictures and tools each counts in its own way.
    private func countedAlike(_ subject: CountedSubject, _ model: Model) -> CountedAlike {
        if case .request(_, hasOnlyText: false) = subject { return .model(model.id) }
        return .family(counters.family(of: model.id))
    }

    private enum CountedAlike: Hashable {
        case family(ModelFamily)
        case model(String)
    }

    private func counts(_ subject: CountedSubject, _ models: [Model], _ isLeft: Flag) throws -> [JSONValue] {
        // Models that count alike are counted once: a text may be long, and models are many.
        var known: [CountedAlike: (count: Int, isEstimated: Bool)] = [:]
        let usage = subject.usage
        return try models.map { model in
            if isLeft.isRaised { throw CancellationError() }
            let key = countedAlike(subject, model)
            let tokens = known[key] ?? count(subject, model.id)
            known[key] = tokens
            var usage = usage
            usage.input = tokens.count
            let cost = try model.deployments[0].prices.price(at: .now()).cost(of: usage)
            return [
                "model": .string(model.id), "input_tokens": JSONValue(tokens.count), "estimated": .bool(tokens.isEstimated),
                "fits": .bool(tokens.count + usage.output <= model.contextWindow), "context_window": JSONValue(model.contextWindow),
                "cost": cost.json,
            ]
        }
    }

    /// - Returns: 0 when nothing is said.
    private static func maximumTokens(_ value: JSONValue?) throws(ModelRequestError) -> Int {
        guard let value, value != .null else { return 0 }
        guard let number = value.integerValue else {
            throw ModelRequestError(.wrongType, field: "max_tokens", "max_tokens must be an integer")
        }
        let range = ModelRequest.tokenRange
        guard range.contains(Int(number)) else {
            throw ModelRequestError(
                .outOfRange, field: "max_tokens", "max_tokens must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return Int(number)
    }

    private func chosen(_ document: JSONValue, _ caller: ModelCaller) throws -> [Model] {
        func allows(_ model: Model) -> Bool { caller.allowed?.allows(model) ?? true }
        var names: [JSONValue]?
        if let list = document["models"], list != .null {
            guard let list = list.arrayValue, list.count <= Self.maximumNames else { throw Self.namesExpected }
            names = list
        } else if let name = document["model"], name != .null, name != "auto" {
            names = [name]
        }
        guard let names else { return registry.models.filter { isAvailable($0) && allows($0) } }
        return try names.map { name in
            guard case .string(let name) = name else { throw Self.namesExpected }
            guard let model = registry.model(named: name) else {
                throw RouteError.unknownModel(name, suggestion: registry.suggestion(for: name))
            }
            guard allows(model) else { throw RouteError.modelNotAllowed(name) }
            return model
        }
    }

    private static let maximumNames = 200
    /// Most bytes that one call may have counted: a few seconds of a thread's time.
    private static let maximumBytes = 256 << 20
    private static var namesExpected: ModelRequestError {
        ModelRequestError(.wrongType, field: "models", "models must be a list of at most \(maximumNames) names")
    }

    private func count(_ subject: CountedSubject, _ model: String) -> (count: Int, isEstimated: Bool) {
        switch subject {
        case .text(let text, _): count(text, model)
        case .request(let request, _): count(request, model)
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
