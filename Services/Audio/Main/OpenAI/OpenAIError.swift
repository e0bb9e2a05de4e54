import Blobs
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// An error in the shape that OpenAI's SDKs read: `{"error": {"message", "type", "param", "code"}}`.
struct OpenAIError: CodedError {
    let status: HTTPStatus
    let message: String
    let param: String?
    let code: String
    /// Header fields that the answer needs, such as `Retry-After`.
    private var headers: HTTPHeaders = [:]

    init(_ status: HTTPStatus, _ message: String, param: String? = nil, code: String = "invalid_request") {
        (self.status, self.message, self.param, self.code) = (status, message, param, code)
    }

    private init(_ problem: Problem) {
        self.init(problem.status, problem.detail, param: problem.field, code: problem.code)
        headers = problem.headers
    }

    /// The body of an answer, or the last event of a stream.
    var document: JSONValue {
        let type = status.rawValue < 500 ? "invalid_request_error" : "server_error"
        return ["error": ["message": .string(message), "type": .string(type), "param": JSONValue(param), "code": .string(code)]]
    }

    /// Any error as one that a client may see.
    init(_ error: any Error) {
        if let error = error as? OpenAIError {
            self = error
        } else if let problem = Problem(error) {
            self.init(problem)
        } else {
            Log("openai").error("a request failed", ["error": .string("\(error)")])
            self.init(.internalServerError, "the request could not be completed", code: "internal-error")
        }
    }

    /// Runs `body`; what it throws becomes such an error, unless the client has left.
    /// - Throws: `CancellationError`, `ClientDisconnected`.
    static func translating(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error where !(error is CancellationError || error is ClientDisconnected) {
            let error = OpenAIError(error)
            var response = Response.json(error.document, status: error.status)
            for header in error.headers { response.headers.add(header.name, header.value) }
            return response
        }
    }
}
