import Primitives
import Synchronization

/// One exchange of a request and a response: where the tasks that wait for it meet the thread that moves its bytes.
///
/// All of it is under one short lock; the thread never waits for the tasks, nor they for it.
final class Transfer: Sendable {
    struct State {
        // The response.
        var parser: HeadParser
        var head: ResponseHead?
        var headWaiter: CheckedContinuation<Result<ResponseHead, HTTPClientError>, Never>?
        var received = Bytes()
        var chunkWaiter: CheckedContinuation<Result<Bytes?, HTTPClientError>, Never>?
        var isReceivePaused = false
        /// Set when nobody wants the rest: bytes that may still be thrown away to keep the connection.
        var discardAllowance: Int?

        // The request body.
        var upload: UploadBuffer
        var isSendPaused = false
        var pump: Task<Void, Never>?

        // The connection.
        var remoteAddress = ""
        var openedConnection = false
        var refusedAddress: String?
        /// How often libcurl began to send the request.
        var beginnings = 0

        // The life.
        var deadline: ContinuousClock.Instant
        var lastProgress: ContinuousClock.Instant
        var outcome: Result<Void, HTTPClientError>?
        var isAwaitingAttention = false
    }

    let order: TransferOrder
    let state: Mutex<State>
    let carrier: any TransferCarrier

    init(_ order: TransferOrder, carrier: any TransferCarrier) {
        self.order = order
        self.carrier = carrier
        let upload =
            switch order.body {
            case .none: UploadBuffer(complete: [])
            case .bytes(let bytes): UploadBuffer(complete: bytes)
            case .file, .stream: UploadBuffer()
            }
        state = Mutex(
            State(
                parser: HeadParser(limit: order.configuration.headerLimit), upload: upload, deadline: order.deadline,
                lastProgress: .now))
    }

    var capacity: Int { Int(order.configuration.bufferSize.bytes) }

    /// Ends the transfer from outside the loop; without effect when it has ended.
    func end(with outcome: Result<Void, HTTPClientError>) {
        if settle(outcome) { requestAttention() }
    }

    /// Fixes the outcome and lets everyone who waits know. The loop removes the transfer when it sees it next.
    /// - Returns: false when there was an outcome already.
    @discardableResult
    func settle(_ outcome: Result<Void, HTTPClientError>) -> Bool {
        let waiting = state.withLock { state -> Waiting? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            if case .failure(.cancelled) = outcome { state.received = [] }
            defer { (state.headWaiter, state.chunkWaiter, state.pump) = (nil, nil, nil) }
            return Waiting(head: state.headWaiter, chunk: state.chunkWaiter, room: state.upload.close(), pump: state.pump)
        }
        guard let waiting else { return false }
        waiting.pump?.cancel()
        waiting.room?.resume(returning: false)
        waiting.head?.resume(returning: .failure(Self.failure(of: outcome)))
        waiting.chunk?.resume(returning: outcome.map { nil })
        return true
    }

    private struct Waiting {
        let head: CheckedContinuation<Result<ResponseHead, HTTPClientError>, Never>?
        let chunk: CheckedContinuation<Result<Bytes?, HTTPClientError>, Never>?
        let room: CheckedContinuation<Bool, Never>?
        let pump: Task<Void, Never>?
    }

    /// The error for someone who waits for a head that will not come.
    static func failure(of outcome: Result<Void, HTTPClientError>) -> HTTPClientError {
        switch outcome {
        case .failure(let error): error
        case .success: .protocolViolation(detail: "the response has no head", curlCode: 0)
        }
    }

    /// Asks the loop to look at this transfer; at most one such request is under way.
    func requestAttention() {
        let isFirst = state.withLock { state in
            defer { state.isAwaitingAttention = true }
            return !state.isAwaitingAttention
        }
        if isFirst { carrier.attend(self) }
    }

    /// Lets go of the response but reads a small rest, so that its connection can serve the next request.
    func discardRest() {
        state.withLock { state in
            state.discardAllowance = (64 << 10) - state.received.count
            state.received = []
            state.deadline = min(state.deadline, .now + .seconds(2))
        }
        requestAttention()
    }
}
