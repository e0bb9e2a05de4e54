package import HTTP
package import Primitives

/// A response whose headers have arrived.
package struct ClientResponse: Sendable {
    package let status: HTTPStatus
    package let headers: HTTPHeaders
    /// Arrives as it is read. Letting go of the response and its body cancels the transfer.
    package let body: ResponseBodyStream
    /// The URL that answered, after redirects.
    package let effectiveURL: String
    /// The peer's IP address.
    package let remoteAddress: String
    package let httpVersion: HTTPVersion
    /// Whether the request went over a connection that an earlier one had opened.
    package let reusedConnection: Bool

    /// The wait that `Retry-After` asks for; `nil` when it is missing or says nothing.
    package var retryAfter: Duration? { headers["Retry-After"].flatMap { RetryRule.retryAfter($0, now: .now()) } }

    /// Reads the whole body.
    /// - Parameter limit: the most bytes to accept.
    /// - Throws: `.bodyTooLarge`, or what ended the transfer.
    package func collect(upTo limit: ByteSize) async throws(HTTPClientError) -> Bytes {
        if let announced = headers["Content-Length"].flatMap({ Int64($0) }), announced > limit.bytes {
            body.cancel()
            throw .bodyTooLarge(limit: limit)
        }
        if let whole = body.takeWhole(upTo: limit) { return whole }
        var collected = Bytes()
        for try await chunk in body {
            guard Int64(collected.count + chunk.count) <= limit.bytes else {
                body.cancel()
                throw .bodyTooLarge(limit: limit)
            }
            if collected.isEmpty { collected = chunk } else { collected += chunk }
        }
        return collected
    }
}

/// The version of HTTP a response came in.
package enum HTTPVersion: String, Sendable {
    case http10 = "1.0"
    case http11 = "1.1"
    case http2 = "2"

    /// - Parameter bytes: the text behind `HTTP/`.
    init?(_ bytes: Slice<UnsafeRawBufferPointer>) {
        guard
            let version = [.http11, .http2, .http10].first(where: { (version: HTTPVersion) in
                bytes.elementsEqual(version.rawValue.utf8)
            })
        else { return nil }
        self = version
    }
}
