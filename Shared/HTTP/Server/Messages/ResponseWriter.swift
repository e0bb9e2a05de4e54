package import HTTP
package import Primitives

/// The client is gone, or the response has ended; nothing more can be written.
package struct ClientDisconnected: CodedError {
    package var code: String { "client-disconnected" }
    package var message: String { "the client has left" }
}

/// Writes a response body while it is made.
package struct ResponseWriter: Sendable {
    let body: OutgoingBody

    /// Sends the bytes, waiting while the client does not keep up.
    /// - Throws: `ClientDisconnected`; `CancellationError` once the client has left.
    package func write(_ bytes: Bytes) async throws {
        try await body.write(bytes)
    }

    package func write(_ text: String) async throws {
        try await body.write(Bytes(text.utf8))
    }
}

/// Sends the events of an event stream.
package struct EventWriter: Sendable {
    let body: OutgoingBody

    /// Sends one event, waiting while the client does not keep up.
    /// - Throws: `ClientDisconnected`; `CancellationError` once the client has left or the server drains.
    package func send(_ event: ServerSentEvent) async throws {
        try await body.write(event.bytes)
    }

    /// Sends an event without id.
    /// - Throws: as `send(_:)`.
    package func send(event: String? = nil, _ data: String) async throws {
        try await send(ServerSentEvent(event: event, data: data))
    }
}
