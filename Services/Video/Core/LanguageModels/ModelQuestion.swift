import Primitives

/// A question to a language model, and how its answer is read.
protocol ModelQuestion: Sendable {
    associatedtype Answer: Sendable

    /// The body of `POST /v1/chat/completions`.
    var body: JSONValue { get }

    /// - Parameter text: what the model said.
    /// - Returns: `nil` when it is no answer to the question.
    func answer(in text: String) -> Answer?
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
