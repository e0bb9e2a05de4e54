import HTTP
import Primitives

extension Connection {
    /// Changes the protocol and serves the WebSocket until it is closed.
    func serveWebSocket(
        _ request: Request, _ headers: HTTPHeaders, maximumMessage: ByteSize, _ body: @Sendable (WebSocket) async throws -> Void
    ) async {
        guard let exchange else { return }
        let accept: String
        do throws(Problem) {
            accept = try WebSocketHandshake.accept(request, isVersion11: exchange.head.isVersion11)
        } catch {
            transmit(Response.problem(error), to: exchange.head, mayKeepAlive: false)
            return
        }
        var headers = headers
        headers["Upgrade"] = "websocket"
        headers["Sec-WebSocket-Accept"] = accept
        loop.scratch.removeAll(keepingCapacity: true)
        ResponseEncoder.appendUpgrade(headers: headers, dateLine: loop.clock.dateLine, to: &loop.scratch)
        sendScratch()

        let session = WebSocketSession(connection: self, maximumMessage: Int(maximumMessage.bytes))
        phase = .webSocket(session)
        watch(interest | Readiness.input | Readiness.peerEnd)
        readDeadline = loop.now + 3 * limits.heartbeatInterval
        planHeartbeat()
        consumeInput()
        do {
            try await body(WebSocket(session: session))
            session.close(.normal)
        } catch {
            if !session.isClosing && !isRetired { ServerContext.log.error("a WebSocket broke off", ["error": .string("\(error)")]) }
            session.close(worker.isDraining ? .goingAway : .internalError)
        }
        await session.closed()
    }
}
