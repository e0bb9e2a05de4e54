import Primitives

extension MessageBus {
    /// One call of the JetStream API.
    /// - Parameters:
    ///   - call: the subject below `$JS.API.`.
    ///   - body: `nil` for none.
    /// - Returns: the answer's document.
    /// - Throws: the API's own error, typed; what `exchange` throws.
    func jetStream(_ call: String, _ body: JSONValue? = nil) async throws(MessagingError) -> JSONValue {
        let subject = "$JS.API." + call
        let answer = try await exchange(OutgoingMessage(subject: subject, payload: body?.serialized() ?? []))
        let document: JSONValue
        do {
            document = try JSONValue(parsing: answer.payload)
        } catch {
            throw .malformedReply(subject: subject, reason: error.message)
        }
        if let error = document["error"] { throw MessagingError(jetStreamError: error) }
        return document
    }
}

extension MessagingError {
    /// The `error` member of an answer.
    init(jetStreamError error: JSONValue) {
        let code = error["err_code"]?.integerValue ?? error["code"]?.integerValue ?? 0
        self.init(jetStreamCode: Int(code), reason: error["description"]?.stringValue ?? "JetStream refused the call")
    }
}
