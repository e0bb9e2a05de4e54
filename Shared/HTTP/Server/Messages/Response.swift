package import HTTP
package import Primitives

/// What a handler answers.
package struct Response: Sendable {
    package var status: HTTPStatus
    /// `Date`, `Content-Length`, `Transfer-Encoding` and `Connection` are added by the server.
    package var headers: HTTPHeaders
    package var body: ResponseBody

    package init(status: HTTPStatus = .ok, headers: HTTPHeaders = [:], body: ResponseBody = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// - Parameter type: the media type.
    package static func bytes(_ bytes: Bytes, type: String, status: HTTPStatus = .ok) -> Response {
        Response(status: status, headers: ["Content-Type": type], body: .bytes(bytes))
    }

    package static func text(_ text: String, status: HTTPStatus = .ok) -> Response {
        bytes(Bytes(text.utf8), type: "text/plain; charset=utf-8", status: status)
    }

    private static let jsonHeaders: HTTPHeaders = ["Content-Type": "application/json"]

    /// - Throws: `EncodingError` for values that JSON can not hold.
    package static func json(_ value: some Encodable, status: HTTPStatus = .ok) throws -> Response {
        Response(status: status, headers: jsonHeaders, body: .bytes(try JSON.encode(value)))
    }

    package static func json(_ value: JSONValue, status: HTTPStatus = .ok) -> Response {
        Response(status: status, headers: jsonHeaders, body: .bytes(value.serialized()))
    }

    /// A JSON document that is bytes already.
    package static func json(bytes: Bytes, status: HTTPStatus = .ok) -> Response {
        Response(status: status, headers: jsonHeaders, body: .bytes(bytes))
    }

    package static func problem(_ problem: Problem) -> Response {
        var headers: HTTPHeaders = ["Content-Type": "application/problem+json"]
        for (name, value) in problem.headers { headers.add(name, value) }
        return Response(status: problem.status, headers: headers, body: .bytes(problem.document.serialized()))
    }

    package static func empty(_ status: HTTPStatus) -> Response { Response(status: status) }

    /// A body that is made while it is sent.
    /// - Parameters:
    ///   - contentLength: bytes that the body will write, exactly; `nil` when that is not known.
    ///   - body: writes the body; its task is cancelled as soon as the client leaves. When it throws, the connection is
    ///     broken off, so that the client does not take what it has for the whole.
    package static func stream(
        type: String, contentLength: Int64? = nil, _ body: @escaping @Sendable (ResponseWriter) async throws -> Void
    ) -> Response {
        Response(headers: ["Content-Type": type], body: .stream(contentLength: contentLength, body))
    }

    /// An event stream (WHATWG HTML, section 9.2). Comments keep it alive while there are no events.
    /// - Parameter body: sends the events; its task is cancelled as soon as the client leaves or the server drains.
    package static func events(_ body: @escaping @Sendable (EventWriter) async throws -> Void) -> Response {
        // X-Accel-Buffering asks nginx to pass events on at once.
        Response(
            headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"],
            body: .events(body))
    }

    /// Changes the connection to a WebSocket (RFC 6455); requests that ask for none are answered 426.
    /// - Parameters:
    ///   - maximumMessage: longer messages from the client end the connection with status 1009.
    ///   - body: talks to the client; its task is cancelled as soon as the connection ends or the server drains.
    package static func webSocket(maximumMessage: ByteSize = .mib(1), _ body: @escaping @Sendable (WebSocket) async throws -> Void)
        -> Response
    {
        Response(status: .switchingProtocols, body: .webSocket(maximumMessage: maximumMessage, body))
    }
}

/// Where a response's body comes from.
package enum ResponseBody: Sendable {
    case empty
    case bytes(Bytes)
    case file(FilePart)
    case stream(contentLength: Int64?, @Sendable (ResponseWriter) async throws -> Void)
    case events(@Sendable (EventWriter) async throws -> Void)
    case webSocket(maximumMessage: ByteSize, @Sendable (WebSocket) async throws -> Void)
}
