import Primitives

/// How a service tells an error in its answer: a JSON body `{"error": {"code", "message", "retriable"}}` under the headers that
/// NATS ADR-32 asks for.
enum ServiceFailure {
    static let header = "Nats-Service-Error"
    static let codeHeader = "Nats-Service-Error-Code"

    /// The error as an answer.
    static func encode(_ error: any Error) -> (payload: Bytes, headers: [String: String]) {
        let (code, message, isRetriable) = describe(error)
        let body: JSONValue = ["error": ["code": .string(code), "message": .string(message), "retriable": .bool(isRetriable)]]
        let line = String(message.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
        // The code header must be a number; ours are words and stand in the body.
        return (body.serialized(), [header: line.contains { $0 != " " } ? line : code, codeHeader: isRetriable ? "503" : "500"])
    }

    /// The error that an answer tells, if it does.
    static func error(in message: Message) -> MessagingError? {
        guard let text = message.headers[header] else { return nil }
        let body = try? JSONValue(parsing: message.payload)["error"]
        return .remote(
            code: body?["code"]?.stringValue ?? "service-failed", message: body?["message"]?.stringValue ?? text,
            isRetriable: body?["retriable"]?.boolValue ?? false)
    }

    private static func describe(_ error: any Error) -> (code: String, message: String, isRetriable: Bool) {
        switch error {
        case let error as any CodedError: (error.code, error.message, error.isRetriable)
        case is CancellationError: ("cancelled", "the service is ending; ask again", true)
        default: ("internal", "the service failed", false)
        }
    }
}
