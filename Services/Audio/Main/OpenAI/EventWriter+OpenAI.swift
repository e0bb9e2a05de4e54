import HTTPServer
import Primitives

extension EventWriter {
    /// Sends an event as OpenAI's API writes them: its kind is in the document.
    /// - Throws: `ClientDisconnected`, `CancellationError`.
    func send(_ event: JSONValue) async throws { try await send(String(decoding: event.serialized(), as: UTF8.self)) }

    /// Runs `body`; its errors become an event, for the answer has begun.
    /// - Throws: `ClientDisconnected`, `CancellationError`.
    func telling(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error where !(error is CancellationError || error is ClientDisconnected) {
            try await send(OpenAIError(error).document)
        }
    }
}
