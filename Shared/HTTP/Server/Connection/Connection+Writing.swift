import HTTP
import Primitives

extension Connection {
    /// What is put together with its head before it is sent; longer bodies are not copied.
    private static let coalescingLimit = 16 << 10

    /// Sends a whole response, or its head when the body comes otherwise.
    /// - Returns: how it is delimited and whether the connection stays.
    @discardableResult
    func transmit(_ response: Response, to head: RequestHead, length: Int64? = nil, mayKeepAlive: Bool) -> ResponsePlan {
        var body = Bytes()
        if case .bytes(let bytes) = response.body { body = bytes }
        let isWhole =
            switch response.body {
            case .empty, .bytes: true
            default: false
            }
        let plan = ResponsePlan(
            status: response.status, to: head, length: isWhole ? Int64(body.count) : length, mayKeepAlive: mayKeepAlive)
        loop.scratch.removeAll(keepingCapacity: true)
        ResponseEncoder.appendHead(
            status: response.status, headers: response.headers, plan: plan, dateLine: loop.clock.dateLine, to: &loop.scratch)
        let sendsBody = plan.sendsBody && !body.isEmpty
        if sendsBody && body.count <= Self.coalescingLimit { loop.scratch.append(contentsOf: body) }
        sendScratch(more: sendsBody && body.count > Self.coalescingLimit)
        if sendsBody && body.count > Self.coalescingLimit { send(body) }
        return plan
    }

    /// Sends bytes after those that still wait.
    func send(_ bytes: Bytes) {
        guard !isRetired else { return }
        output.append(bytes)
        flushUnlessBlocked()
    }

    func send(_ part: FilePart) {
        guard !isRetired else { return }
        output.append(part)
        flushUnlessBlocked()
    }

    func sendChunk(_ data: Bytes) {
        loop.scratch.removeAll(keepingCapacity: true)
        if data.count <= Self.coalescingLimit {
            ResponseEncoder.appendChunk(data, to: &loop.scratch)
            sendScratch()
        } else {
            ResponseEncoder.appendChunkLine(data.count, to: &loop.scratch)
            sendScratch(more: true)
            send(data)
            send(ResponseEncoder.chunkEnd)
        }
    }

    /// Has what stands in the loop's scratch space sent with what else the tasks of this round send.
    /// - Parameter more: whether further bytes follow within the same call.
    func sendScratch(more: Bool = false) {
        guard !isRetired else { return }
        output.append(loop.scratch.withUnsafeBytes { Bytes($0) })
        if !more, interest & Readiness.output == 0 { flushSoon() }
    }

    private func flushUnlessBlocked() {
        if interest & Readiness.output == 0 { sendOutput() }
    }

    /// Sends what waits, and watches for room when something is left.
    func sendOutput() {
        var sent = 0
        let outcome = output.write(to: descriptor, sent: &sent)
        worker.counters.bytesSent.count(sent)
        switch outcome {
        case .done:
            watch(interest & ~Readiness.output)
            writeDeadline = EventLoop.never
            outputWaiter.take()?.resume(returning: true)
            if endsAfterOutput { linger() }
        case .blocked:
            watch(interest | Readiness.output)
            if sent > 0 || writeDeadline == EventLoop.never { writeDeadline = loop.now + limits.writeTimeout }
        case .failed:
            return abort()
        }
        updateDeadline()
        exchange?.outgoing?.outputShrank(to: output.heldBytes)
        if case .webSocket(let session) = phase { session.outputShrank(to: output.heldBytes) }
    }

    /// Waits until everything is sent, or about to be.
    /// - Returns: false when the connection has ended before.
    func outputSent() async -> Bool {
        if isRetired { return false }
        if output.isEmpty || flushesSoon { return true }
        return await withCheckedContinuation { outputWaiter = $0 }
    }
}
