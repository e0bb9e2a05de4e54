import Primitives

/// The client has broken the WebSocket protocol.
package struct WebSocketViolation: CodedError {
    package let closeCode: WebSocketCloseCode
    package let message: String
    package var code: String { "web-socket-violation" }
}

/// Decodes a client's frames, which arrive in pieces of any size, into messages (RFC 6455, section 5).
struct WebSocketDecoder {
    enum Event: Hashable {
        case message(WebSocketMessage)
        case ping(Bytes)
        case pong
        /// Without a code when the client gives none.
        case close(WebSocketCloseCode?)
    }

    private let maximumMessage: Int
    private var header = Bytes()
    /// The frame whose payload is being read.
    private var frame: WebSocketFrameHeader?
    private var remaining = 0
    private var position = 0
    private var control = Bytes()
    /// The message that frames are being collected for.
    private var messageOpcode: WebSocketOpcode?
    private var message = Bytes()

    init(maximumMessage: Int) {
        self.maximumMessage = maximumMessage
    }

    /// - Returns: what the bytes complete, in order.
    /// - Throws: `WebSocketViolation` with what the connection is to be closed with.
    mutating func decode(_ input: UnsafeRawBufferPointer) throws(WebSocketViolation) -> [Event] {
        var events: [Event] = []
        var index = 0
        while index < input.count {
            if frame == nil {
                header.append(input[index])
                index += 1
                guard let parsed = try WebSocketFrameHeader(header) else { continue }
                header.removeAll(keepingCapacity: true)
                try begin(parsed)
            }
            guard let frame else { continue }
            let count = min(remaining, input.count - index)
            take(
                UnsafeRawBufferPointer(rebasing: input[index..<(index + count)]), mask: frame.mask,
                isControl: frame.opcode.isControl)
            index += count
            if remaining == 0, let event = try end(frame) { events.append(event) }
        }
        return events
    }

    private mutating func begin(_ frame: WebSocketFrameHeader) throws(WebSocketViolation) {
        switch (frame.opcode, messageOpcode) {
        case (.continuation, nil): throw .protocolError("a continuation without a message")
        case (.text, _?), (.binary, _?): throw .protocolError("a new message before the last one ended")
        case (.text, nil), (.binary, nil): messageOpcode = frame.opcode
        default: break
        }
        if !frame.opcode.isControl && frame.length > maximumMessage - message.count {
            throw WebSocketViolation(closeCode: .messageTooBig, message: "a message is longer than \(maximumMessage) bytes")
        }
        self.frame = frame
        (remaining, position) = (frame.length, 0)
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, mask: Bytes, isControl: Bool) {
        let start = position
        position += bytes.count
        remaining -= bytes.count
        func unmask(into payload: inout Bytes) {
            let before = payload.count
            payload.append(contentsOf: bytes)
            for index in bytes.indices { payload[before + index] ^= mask[(start + index) & 3] }
        }
        if isControl { unmask(into: &control) } else { unmask(into: &message) }
    }

    private mutating func end(_ frame: WebSocketFrameHeader) throws(WebSocketViolation) -> Event? {
        self.frame = nil
        if frame.opcode.isControl {
            defer { control.removeAll() }
            switch frame.opcode {
            case .ping: return .ping(control)
            case .pong: return .pong
            default: return .close(try closeCode())
            }
        }
        guard frame.isFinal else { return nil }
        defer {
            message = []
            messageOpcode = nil
        }
        guard messageOpcode == .text else { return .message(.binary(message)) }
        guard let text = String(validating: message, as: UTF8.self) else {
            throw WebSocketViolation(closeCode: .invalidPayload, message: "a text message is not UTF-8")
        }
        return .message(.text(text))
    }

    private func closeCode() throws(WebSocketViolation) -> WebSocketCloseCode? {
        if control.isEmpty { return nil }
        guard control.count >= 2 else { throw .protocolError("a close frame with one byte") }
        let code = WebSocketCloseCode(rawValue: UInt16(control[0]) << 8 | UInt16(control[1]))
        guard code.maySend else { throw .protocolError("a close frame with a code that may not be sent") }
        guard String(validating: control[2...], as: UTF8.self) != nil else {
            throw WebSocketViolation(closeCode: .invalidPayload, message: "a close reason is not UTF-8")
        }
        return code
    }
}

extension WebSocketViolation {
    static func protocolError(_ message: String) -> WebSocketViolation {
        WebSocketViolation(closeCode: .protocolError, message: message)
    }
}
