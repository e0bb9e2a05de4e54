import Primitives

/// A question to a language model, and how its answer is read.
protocol ModelQuestion: Sendable {
    associatedtype Answer: Sendable

    /// As the gateway knows it.
    var model: String { get }
    /// Tokens of the answer at most; `nil` leaves it to the model.
    var maximumTokens: Int? { get }
    /// What the model is to do, and how it answers.
    var system: String { get }
    /// What it does it with: a text, or a list of parts.
    var user: JSONValue { get }

    /// - Parameter text: what the model said.
    /// - Returns: `nil` when it is no answer to the question.
    func answer(in text: String) -> Answer?
}

extension ModelQuestion {
    /// The body of `POST /v1/chat/completions`.
    var body: JSONValue {
        var body: [String: JSONValue] = [
            "model": .string(model),
            "messages": [["role": "system", "content": .string(system)], ["role": "user", "content": user]],
        ]
        if let maximumTokens { body["max_tokens"] = JSONValue(maximumTokens) }
        return .object(body)
    }
}

extension JSONValue {
    /// The object in what a model said: models like to wrap JSON in words and fences.
    init?(answer text: String) {
        guard let first = text.firstIndex(of: "{"), let last = text.lastIndex(of: "}"), first < last,
            let document = try? JSONValue(parsing: Bytes(text[first...last].utf8))
        else { return nil }
        self = document
    }
}
