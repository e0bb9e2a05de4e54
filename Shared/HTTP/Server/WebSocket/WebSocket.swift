package import Primitives

/// One message of a WebSocket.
package enum WebSocketMessage: Sendable, Hashable {
    case text(String)
    case binary(Bytes)
}

/// Why a WebSocket is closed (RFC 6455, section 7.4.1).
package struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let normal = WebSocketCloseCode(rawValue: 1000)
    package static let goingAway = WebSocketCloseCode(rawValue: 1001)
    package static let protocolError = WebSocketCloseCode(rawValue: 1002)
    package static let unsupportedData = WebSocketCloseCode(rawValue: 1003)
    package static let invalidPayload = WebSocketCloseCode(rawValue: 1007)
    package static let policyViolation = WebSocketCloseCode(rawValue: 1008)
    package static let messageTooBig = WebSocketCloseCode(rawValue: 1009)
    package static let internalError = WebSocketCloseCode(rawValue: 1011)

    /// Whether the code may stand in a close frame; 3000 to 4999 are for libraries and applications.
    var maySend: Bool {
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].contains(rawValue) || 3000...4999 ~= rawValue
    }
}

/// A WebSocket that is open: the sequence of the client's messages, ending when it is closed. Pings are answered by the server.
package struct WebSocket: AsyncSequence, Sendable {
    package typealias Element = WebSocketMessage

    let session: WebSocketSession

    /// The client's next message, `nil` once the socket is closed.
    /// - Throws: `WebSocketViolation` when the client breaks the protocol; `CancellationError`.
    package func receive() async throws -> WebSocketMessage? {
        try await session.receive()
    }

    /// Sends a message, waiting while the client does not keep up.
    /// - Throws: `ClientDisconnected` once the socket is closed; `CancellationError`.
    package func send(_ text: String) async throws {
        try await session.send(.text, Bytes(text.utf8))
    }

    /// Sends a message, waiting while the client does not keep up.
    /// - Throws: `ClientDisconnected` once the socket is closed; `CancellationError`.
    package func send(_ bytes: Bytes) async throws {
        try await session.send(.binary, bytes)
    }

    /// Starts the closing handshake; messages under way from the client are still received.
    /// - Parameter reason: at most 123 bytes are sent.
    package func close(_ code: WebSocketCloseCode = .normal, reason: String = "") {
        session.requestClose(code, reason: reason)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let session: WebSocketSession

        package func next() async throws -> WebSocketMessage? {
            try await session.receive()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(session: session) }
}
