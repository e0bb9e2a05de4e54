import Primitives

/// A WebSocket between the socket and the handler: queues the client's messages, answers its control frames, and keeps to the
/// closing handshake (RFC 6455, section 7).
// Safe to share: touched only on the loop's thread, which the methods for handlers see to.
final class WebSocketSession: @unchecked Sendable {
    /// What may wait to be received, or to be sent, before the client is not read any more.
    private static let capacity = 64 << 10

    private let loop: EventLoop
    private weak var connection: Connection?
    private var decoder: WebSocketDecoder
    private var messages = Deque<WebSocketMessage>()
    private var heldBytes = 0
    private var end: Result<WebSocketMessage?, any Error>?
    private var receivers = Deque<Waiter<WebSocketMessage?>>()
    private var senders = Deque<Waiter<Void>>()
    private var closedWaiter: CheckedContinuation<Void, Never>?
    private var hasSentClose = false
    private var isClosed = false

    init(connection: Connection, maximumMessage: Int) {
        loop = connection.loop
        self.connection = connection
        decoder = WebSocketDecoder(maximumMessage: maximumMessage)
    }

    var isClosing: Bool { hasSentClose || isClosed }

    /// A client that does not take what is sent, pongs among it, is not read either.
    var hasRoom: Bool { isClosing || heldBytes < Self.capacity && (connection?.output.heldBytes ?? 0) <= Self.capacity }

    // MARK: For the handler

    func receive() async throws -> WebSocketMessage? {
        if loop.isCurrent, let ready = take() { return try ready.get() }
        return try await loop.wait { waiter in
            if let ready = self.take() { waiter.settle(ready) } else { self.receivers.append(waiter) }
        }
    }

    func send(_ opcode: WebSocketOpcode, _ payload: Bytes) async throws {
        try await loop.wait { (waiter: Waiter<Void>) in
            guard !self.isClosing, let connection = self.connection else { return waiter.settle(.failure(ClientDisconnected())) }
            self.transmit(opcode, payload)
            if connection.output.heldBytes <= Self.capacity { waiter.settle(.success(())) } else { self.senders.append(waiter) }
        }
    }

    func requestClose(_ code: WebSocketCloseCode, reason: String) {
        loop.run { self.close(code, reason: reason) }
    }

    private func take() -> Result<WebSocketMessage?, any Error>? {
        guard let message = messages.popFirst() else { return end }
        heldBytes -= message.cost
        connection?.resumeReading()
        return .success(message)
    }

    // MARK: For the connection

    /// - Returns: how many of the bytes are dealt with: all.
    func consume(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let connection, !isClosed else { return bytes.count }
        if !hasSentClose { connection.readDeadline = loop.now + 3 * connection.limits.heartbeatInterval }
        do throws(WebSocketViolation) {
            for event in try decoder.decode(bytes) {
                switch event {
                case .message(let message): deliver(message)
                case .ping(let payload): if !hasSentClose { transmit(.pong, payload) }
                case .pong: break
                case .close(let code):
                    close(code ?? .normal)
                    finish(.success(nil))
                    return bytes.count
                }
            }
        } catch {
            close(error.closeCode, reason: error.message)
            finish(.failure(error))
        }
        return bytes.count
    }

    private func deliver(_ message: WebSocketMessage) {
        while let receiver = receivers.popFirst() {
            if !receiver.isSettled { return receiver.settle(.success(message)) }
        }
        messages.append(message)
        heldBytes += message.cost
    }

    /// Sends the close frame, unless that has been done.
    func close(_ code: WebSocketCloseCode, reason: String = "") {
        guard !isClosing, let connection else { return }
        let payload = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)] + reason.utf8Prefix(123)
        transmit(.close, payload)
        hasSentClose = true
        while let sender = senders.popFirst() { sender.settle(.failure(ClientDisconnected())) }
        connection.readDeadline = loop.now + connection.limits.lingerTimeout
        connection.updateDeadline()
        connection.resumeReading()
    }

    /// Waits for the client's close frame or the end of the connection.
    func closed() async {
        guard !isClosed else { return }
        await withCheckedContinuation { closedWaiter = $0 }
    }

    func connectionEnded() {
        finish(.failure(ClientDisconnected()))
    }

    func timedOut() {
        connection?.abort()
    }

    func heartbeat() {
        guard !isClosing, let connection else { return }
        if connection.output.isEmpty { transmit(.ping, []) }
        connection.planHeartbeat()
    }

    func outputShrank(to heldBytes: Int) {
        guard heldBytes <= Self.capacity / 2 else { return }
        while let sender = senders.popFirst() { sender.settle(.success(())) }
        connection?.resumeReading()
    }

    private func finish(_ outcome: Result<WebSocketMessage?, any Error>) {
        guard !isClosed else { return }
        isClosed = true
        end = outcome
        while let receiver = receivers.popFirst() { receiver.settle(outcome) }
        while let sender = senders.popFirst() { sender.settle(.failure(ClientDisconnected())) }
        connection?.cancelHandler()
        connection = nil
        closedWaiter.take()?.resume()
    }

    private func transmit(_ opcode: WebSocketOpcode, _ payload: Bytes) {
        loop.scratch.removeAll(keepingCapacity: true)
        WebSocketFrameHeader.append(opcode, payload, to: &loop.scratch)
        connection?.sendScratch()
    }
}

extension WebSocketMessage {
    /// Bytes held while the message waits, with what keeping it costs.
    fileprivate var cost: Int {
        switch self {
        case .text(let text): text.utf8.count + 64
        case .binary(let bytes): bytes.count + 64
        }
    }
}

extension String {
    /// As many whole characters' bytes as fit.
    fileprivate func utf8Prefix(_ limit: Int) -> Bytes {
        var bytes = Bytes()
        for character in self {
            guard bytes.count + character.utf8.count <= limit else { break }
            bytes.append(contentsOf: character.utf8)
        }
        return bytes
    }
}
