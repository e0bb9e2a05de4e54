import CLinux
import Glibc
import HTTP
import Primitives

/// One client's connection: its socket, and the task that answers its requests one after the other.
// Safe to share: touched only on its loop's thread; other threads reach it through the loop's inbox.
final class Connection: EventSource, @unchecked Sendable {
    /// What the next bytes from the client are.
    enum Phase {
        /// The head of a request, or nothing for a while.
        case head
        /// A request's body.
        case body(BodyDecoder)
        /// The next request; it waits until the present one is answered.
        case complete
        case webSocket(WebSocketSession)
        /// Not wanted any more: the last response is sent, and the client gets the time to read it.
        case lingering
    }

    /// A request and its answer.
    struct Exchange {
        let head: RequestHead
        var incoming: IncomingBody?
        var outgoing: OutgoingBody?
        /// The client waits for a 100 before it sends the body.
        var awaitsContinue: Bool
    }

    let worker: Worker
    let context: ServerContext
    let remoteAddress: String

    var phase = Phase.head
    var input = InputBuffer()
    var scanner = HeadScanner()
    var exchange: Exchange?
    var output = OutputQueue()
    var peerHasLeft = false
    /// Whether the connection ends when everything is sent.
    var endsAfterOutput = false
    var hasServed = false

    var readyRequest: Request?
    var requestWaiter: CheckedContinuation<Request?, Never>?
    var outputWaiter: CheckedContinuation<Bool, Never>?
    private var task: Task<Void, Never>?

    /// The client must have sent something by then.
    var readDeadline = EventLoop.never
    /// The client must have taken something by then.
    var writeDeadline = EventLoop.never
    /// When an idle event stream or WebSocket gets its next sign of life.
    var heartbeatTime = EventLoop.never

    init(descriptor: Int32, remoteAddress: String, worker: Worker) {
        self.worker = worker
        self.remoteAddress = remoteAddress
        context = worker.context
        super.init(descriptor: descriptor, loop: worker.loop)
    }

    var limits: ServerContext.Limits { context.limits }

    /// Starts the task that answers requests; the connection owns it and cancels it when the client leaves.
    func start() {
        readDeadline = loop.now + limits.headerTimeout
        updateDeadline()
        loop.taskCount += 1
        task = Task(executorPreference: loop) {
            await self.serve()
            self.serviceEnded()
        }
    }

    private func serviceEnded() {
        loop.taskCount -= 1
        task = nil
        if !isRetired && !endsAfterOutput { abort() }
        worker.serviceEnded()
    }

    // MARK: Events

    override func ready(_ events: UInt32) {
        if events & (Readiness.hangUp | Readiness.error) != 0 { return abort() }
        if events & Readiness.output != 0 { sendOutput() }
        if events & Readiness.input != 0 && !isRetired {
            if wantsInput { receive() } else { watch(interest & ~Readiness.input) }
        }
        if events & Readiness.peerEnd != 0 && !isRetired && !wantsInput { peerEnded() }
    }

    override func flush() { sendOutput() }

    override func deadlinePassed() {
        dealWithDeadlines()
    }

    /// Whether bytes from the client can be taken now; when not, they wait in the socket and slow the client down.
    var wantsInput: Bool {
        switch phase {
        case .head, .lingering: true
        case .body: exchange?.incoming?.hasRoom ?? true
        case .complete: false
        case .webSocket(let session): session.hasRoom
        }
    }

    /// The client has closed its side, while nothing is read from it.
    private func peerEnded() {
        peerHasLeft = true
        watch(interest & ~(Readiness.peerEnd | Readiness.input))
        switch phase {
        case .complete: clientLeft()
        case .body where exchange?.incoming?.isWanted == false: clientLeft()
        default: break
        }
    }

    /// Nobody waits for the answer any more: cancels the handler. What it answers all the same is still sent, for a client
    /// that closed only its sending side.
    func clientLeft() {
        peerHasLeft = true
        exchange?.incoming?.fail(ClientDisconnected())
        exchange?.outgoing?.fail(ClientDisconnected())
        cancelHandler()
    }

    func cancelHandler() {
        task?.cancel()
    }

    // MARK: Ends

    /// Ends the connection at once. What was written in this round still goes out, as far as the socket takes it.
    func abort() {
        guard !isRetired else { return }
        clientLeft()
        var sent = 0
        if flushesSoon { _ = output.write(to: descriptor, sent: &sent) }
        if case .webSocket(let session) = phase { session.connectionEnded() }
        retire()
        output.removeAll()
        requestWaiter.take()?.resume(returning: nil)
        outputWaiter.take()?.resume(returning: false)
        worker.connectionClosed()
    }

    /// Ends the connection when everything is sent, leaving the client the time to read it.
    func endAfterOutput() {
        guard !isRetired else { return }
        endsAfterOutput = true
        requestWaiter.take()?.resume(returning: nil)
        if output.isEmpty { linger() }
    }

    /// Closing a socket with unread bytes resets the connection, and the client could lose the response it has not read yet
    /// (RFC 9112, section 9.6): half-closes it and discards what still comes.
    func linger() {
        if peerHasLeft { return abort() }
        shutdown(descriptor, Int32(SHUT_WR))
        phase = .lingering
        readDeadline = loop.now + limits.lingerTimeout
        updateDeadline()
        watch(Readiness.input | Readiness.peerEnd)
    }

    /// The server stops: idle connections end after a moment of grace, endless streams now, others after their response.
    func drain() {
        switch phase {
        case .head where exchange == nil:
            if input.isEmpty { readDeadline = min(readDeadline, loop.now + limits.drainGrace) }
            updateDeadline()
        case .webSocket(let session):
            session.close(.goingAway)
            cancelHandler()
        default:
            if exchange?.outgoing?.isEventStream == true { cancelHandler() }
        }
    }
}
