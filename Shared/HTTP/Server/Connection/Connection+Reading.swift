import Glibc
import HTTP
import Primitives

extension Connection {
    /// Takes what the socket has, at most one buffer full.
    func receive() {
        let count = recv(descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count, 0)
        if count > 0 {
            worker.counters.bytesReceived.count(count)
            consume(UnsafeRawBufferPointer(start: loop.readBuffer.baseAddress, count: count))
        } else if count == 0 {
            inputEnded()
        } else if errno != EAGAIN && errno != EINTR {
            abort()
        }
    }

    private func inputEnded() {
        switch phase {
        case .head, .lingering, .webSocket:
            abort()
        case .body:
            watch(interest & ~(Readiness.input | Readiness.peerEnd))
            exchange?.incoming?.fail(Problem.malformed("body-cut-off", "the connection ended before the body did"))
            clientLeft()
            if exchange?.incoming == nil { abort() }
        case .complete:
            break
        }
    }

    private func consume(_ bytes: UnsafeRawBufferPointer) {
        guard input.isEmpty else {
            input.append(bytes)
            return consumeInput()
        }
        var rest = bytes
        while !rest.isEmpty {
            let used = step(rest)
            guard used > 0 else { return input.append(rest) }
            rest = UnsafeRawBufferPointer(rebasing: rest[used...])
        }
    }

    /// Goes on with bytes that arrived before their turn.
    func consumeInput() {
        while !input.isEmpty {
            let used = input.withUnread(step)
            guard used > 0 else { return }
            input.drop(used)
        }
    }

    /// - Returns: how many of the bytes are dealt with; 0 when the rest must wait.
    private func step(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch phase {
        case .head: readHead(bytes)
        case .body(let decoder): readBody(bytes, decoder)
        case .complete: 0
        case .webSocket(let session): session.consume(bytes)
        case .lingering: bytes.count
        }
    }

    // MARK: Head

    private func readHead(_ bytes: UnsafeRawBufferPointer) -> Int {
        do throws(Problem) {
            guard case .complete(let range) = try scanner.scan(bytes) else {
                try checkUnfinishedHead(bytes.count)
                return 0
            }
            guard range.count <= limits.head else { throw headTooLarge }
            let head = try loop.headParser.parse(UnsafeRawBufferPointer(rebasing: bytes[range]), targetLimit: limits.target)
            begin(head)
            return range.upperBound
        } catch {
            reject(error)
            return bytes.count
        }
    }

    private func checkUnfinishedHead(_ count: Int) throws(Problem) {
        guard count <= limits.head else {
            if scanner.hasRequestLine || scanner.headStart > 0 { throw headTooLarge }
            throw Problem(status: .uriTooLong, code: "target-too-long", "the request target is longer than \(limits.target) bytes")
        }
        // The time for the whole head counts from its first byte.
        if input.isEmpty {
            readDeadline = loop.now + limits.headerTimeout
            updateDeadline()
        }
    }

    private var headTooLarge: Problem {
        Problem(status: .headerFieldsTooLarge, code: "header-too-large", "the request's header is longer than \(limits.head) bytes")
    }

    private func begin(_ head: RequestHead) {
        scanner = HeadScanner()
        readDeadline = EventLoop.never
        worker.counters.requests.count()
        worker.counters.activeRequests.count()
        var body = RequestBody()
        var exchange = Exchange(head: head, awaitsContinue: head.expectsContinue)
        if let decoder = BodyDecoder(head.framing) {
            let incoming = IncomingBody(connection: self)
            exchange.incoming = incoming
            body = RequestBody(incoming, contentLength: decoder.remaining, limit: limits.body)
            phase = .body(decoder)
            if !head.expectsContinue { readDeadline = loop.now + limits.bodyIdleTimeout }
        } else {
            phase = .complete
        }
        self.exchange = exchange
        updateDeadline()
        let request = Request(
            method: head.method, target: head.target, headers: head.headers, body: body, remoteAddress: remoteAddress)
        if let waiter = requestWaiter.take() { waiter.resume(returning: request) } else { readyRequest = request }
    }

    /// Answers what is no request and ends the connection: where the next one would start can not be known.
    func reject(_ problem: Problem) {
        let head = RequestHead(
            method: .get, target: "/", headers: [:], framing: .none, isVersion11: true, keepsAlive: false, expectsContinue: false)
        transmit(Response.problem(problem), to: head, mayKeepAlive: false)
        phase = .lingering
        endAfterOutput()
    }

    // MARK: Body

    private func readBody(_ bytes: UnsafeRawBufferPointer, _ decoder: BodyDecoder) -> Int {
        var decoder = decoder
        let incoming = exchange?.incoming
        var piece: Bytes?
        if incoming?.isWanted == true {
            piece = []
            piece?.reserveCapacity(min(bytes.count, Int(clamping: decoder.remaining ?? .max)))
        }
        do throws(Problem) {
            let used = try decoder.decode(bytes, into: &piece)
            exchange?.awaitsContinue = false
            if let piece, !piece.isEmpty { incoming?.append(piece) }
            phase = .body(decoder)
            readDeadline = loop.now + limits.bodyIdleTimeout
            if decoder.isDone { bodyEnded() } else if !wantsInput { pauseReading() }
            updateDeadline()
            return used
        } catch {
            // Where the next request starts can not be known; the handler learns of it and answers.
            guard let incoming else {
                abort()
                return bytes.count
            }
            incoming.fail(error)
            pauseReading()
            return bytes.count
        }
    }

    private func pauseReading() {
        watch(interest & ~Readiness.input)
        readDeadline = EventLoop.never
        updateDeadline()
    }

    private func bodyEnded() {
        readDeadline = EventLoop.never
        if let exchange {
            phase = .complete
            exchange.incoming?.finish()
            if peerHasLeft { clientLeft() }
        } else {
            // The rest of a body that nobody wanted; its request is answered.
            phase = .head
            awaitInput()
        }
    }

    /// What was read has been taken: the socket may be read again.
    func resumeReading() {
        guard interest & Readiness.input == 0, wantsInput, !isRetired else { return }
        watch(interest | Readiness.input)
        guard case .body = phase else { return }
        readDeadline = loop.now + limits.bodyIdleTimeout
        updateDeadline()
    }

    /// The handler asks for the body: a client that waits for leave to send it gets that now (RFC 9110, section 10.1.1).
    func bodyIsAwaited() {
        guard exchange?.awaitsContinue == true, exchange?.outgoing == nil else { return }
        exchange?.awaitsContinue = false
        send(ResponseEncoder.continueResponse)
        readDeadline = loop.now + limits.bodyIdleTimeout
        updateDeadline()
    }

    /// Watches for the next request, or for the rest of a body that is discarded.
    func awaitInput() {
        guard !isRetired else { return }
        if !peerHasLeft { watch(interest | Readiness.input | Readiness.peerEnd) }
        let timeout =
            switch phase {
            case .body: limits.bodyIdleTimeout
            default: input.isEmpty ? (worker.isDraining ? limits.drainGrace : limits.keepAliveTimeout) : limits.headerTimeout
            }
        readDeadline = loop.now + timeout
        updateDeadline()
    }

    /// Takes what has arrived behind the present request, without dealing with it yet.
    func receiveAhead() {
        let count = recv(descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count, 0)
        if count > 0 { input.append(UnsafeRawBufferPointer(start: loop.readBuffer.baseAddress, count: count)) }
    }
}
