import HTTP
import Primitives

/// The task of a connection. It prefers the connection's loop, so that everything here runs on the loop's thread.
extension Connection {
    /// Answers requests until the connection ends.
    func serve() async {
        while let request = await nextRequest() {
            let response = await context.router.respond(to: request)
            let plan = await answer(request, with: response)
            let goesOn = plan?.keepsAlive == true && canFinishReading && !peerHasLeft
            closeExchange()
            guard goesOn else { return endAfterOutput() }
        }
    }

    private func nextRequest() async -> Request? {
        if !isRetired && !endsAfterOutput { consumeInput() }
        if let request = readyRequest.take() { return request }
        if isRetired || endsAfterOutput { return nil }
        return await withCheckedContinuation { continuation in
            requestWaiter = continuation
            if hasServed { awaitInput() }
        }
    }

    private func closeExchange() {
        exchange?.incoming?.detach()
        exchange?.outgoing?.detach()
        exchange = nil
        hasServed = true
        heartbeatTime = EventLoop.never
        if case .complete = phase { phase = .head }
        worker.counters.activeRequests.count(-1)
    }

    /// - Returns: `nil` when the connection can not be used further.
    private func answer(_ request: Request, with response: Response) async -> ResponsePlan? {
        switch response.body {
        case .empty, .bytes: await takeUnwantedBody()
        default: break
        }
        guard !isRetired, let exchange else { return nil }
        let plan: ResponsePlan
        switch response.body {
        case .empty, .bytes:
            plan = transmit(response, to: exchange.head, mayKeepAlive: mayKeepAlive)
        case .file(let part):
            plan = transmit(response, to: exchange.head, length: Int64(part.range.count), mayKeepAlive: mayKeepAlive)
            if plan.sendsBody { send(part) }
        case .stream(let length, let body):
            plan = transmit(response, to: exchange.head, length: length, mayKeepAlive: mayKeepAlive(whileReading: true))
            guard await stream(plan, isEventStream: false, { try await body(ResponseWriter(body: $0)) }) else { return nil }
        case .events(let body):
            plan = transmit(response, to: exchange.head, mayKeepAlive: mayKeepAlive)
            guard await stream(plan, isEventStream: true, { try await body(EventWriter(body: $0)) }) else { return nil }
        case .webSocket(let maximumMessage, let body):
            await serveWebSocket(request, response.headers, maximumMessage: maximumMessage, body)
            return nil
        }
        if !output.isEmpty && !flushesSoon { guard await outputSent() else { return nil } }
        return plan
    }

    /// Takes the rest of a short body that the handler did not read, before the answer goes out. nginx, when it is answered before it
    /// has sent all of one, tells its client that the connection stays, and then ends it: the client's next request would be lost.
    private func takeUnwantedBody() async {
        guard case .body(let decoder) = phase, bodyIsOnItsWay, let incoming = exchange?.incoming else { return }
        let limit = limits.unwantedBody
        guard decoder.remaining.map({ $0 <= limit }) ?? true else { return }
        // Whoever sends no more, sends too much or breaks off is answered all the same, and loses the connection.
        try? await withDeadline(context.configuration.unwantedBodyTimeout) {
            var taken: Int64 = 0
            while taken <= limit, let piece = try await incoming.next() { taken += Int64(piece.count) }
        }
    }

    /// - Returns: false when the response could not be completed and the connection has ended.
    private func stream(
        _ plan: ResponsePlan, isEventStream: Bool, _ body: (OutgoingBody) async throws -> Void
    ) async -> Bool {
        guard plan.sendsBody else { return true }
        let outgoing = OutgoingBody(connection: self, framing: plan.framing, isEventStream: isEventStream)
        exchange?.outgoing = outgoing
        if isEventStream { planHeartbeat() }
        do {
            try await body(outgoing)
        } catch {
            // An event stream that ends because the server drains has ended well.
            if !(isEventStream && worker.isDraining && !peerHasLeft) {
                if !peerHasLeft && !isRetired { ServerContext.log.error("a response broke off", ["error": .string("\(error)")]) }
                outgoing.detach()
                abort()
                return false
            }
        }
        do {
            try outgoing.finish()
        } catch {
            ServerContext.log.error("a response broke off", ["error": .string("\(error)")])
            abort()
            return false
        }
        return true
    }

    private var mayKeepAlive: Bool { mayKeepAlive(whileReading: false) }

    /// Whether the connection could serve another request.
    /// - Parameter whileReading: the handler may still read the request's body.
    private func mayKeepAlive(whileReading: Bool) -> Bool {
        if peerHasLeft { return false }
        if !whileReading, case .body = phase { return false }
        guard worker.isDraining else { return true }
        // Requests that have arrived before the server began to drain are answered all.
        if input.isEmpty, case .complete = phase { receiveAhead() }
        return !input.isEmpty
    }

    /// Whether the rest of the request's body is there or worth waiting for.
    private var canFinishReading: Bool {
        guard case .body(let decoder) = phase else { return true }
        return bodyIsOnItsWay && decoder.remaining.map { $0 <= limits.unwantedBody } ?? false
    }

    /// Whether the client sends the rest of the body unasked, and nothing was wrong with it so far.
    private var bodyIsOnItsWay: Bool { exchange?.awaitsContinue == false && exchange?.incoming?.isWanted == true }
}
