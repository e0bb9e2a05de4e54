import Primitives
import Synchronization

/// The receiving side: filled by the loop's thread, emptied by the reader's task.
extension Transfer {
    /// What the loop tells libcurl after it offered bytes.
    enum Reception {
        case taken
        /// Offer the same bytes again once the reader has caught up.
        case pause
        case abort
    }

    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Reception {
        let step = state.withLock { state -> HeadParser.Step? in
            guard state.outcome == nil else { return nil }
            state.lastProgress = .now
            return state.parser.take(line)
        }
        switch step {
        case nil: return .abort
        case .more: return .taken
        case .failed(let error):
            settle(.failure(error))
            return .abort
        case .head(let head):
            let waiter = state.withLock { state in
                state.head = head
                return state.headWaiter.take()
            }
            waiter?.resume(returning: .success(head))
            return .taken
        }
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Reception {
        var reader: (waiter: CheckedContinuation<Result<Bytes?, HTTPClientError>, Never>, chunk: Bytes)?
        var isTooMuchToDiscard = false
        let reception = state.withLock { state -> Reception in
            guard state.outcome == nil else { return .abort }
            state.lastProgress = .now
            if let allowance = state.discardAllowance {
                state.discardAllowance = allowance - bytes.count
                isTooMuchToDiscard = allowance < bytes.count
                return isTooMuchToDiscard ? .abort : .taken
            }
            if let waiter = state.chunkWaiter.take() {
                reader = (waiter, Bytes(bytes))
                return .taken
            }
            guard state.received.count < capacity else {
                state.isReceivePaused = true
                return .pause
            }
            state.received.append(contentsOf: bytes)
            return .taken
        }
        if isTooMuchToDiscard { settle(.failure(.cancelled)) }
        if let reader { reader.waiter.resume(returning: .success(reader.chunk)) }
        return reception
    }

    /// Waits for the response's head.
    /// - Throws: what ended the transfer; cancelling the task ends it too.
    func head() async throws(HTTPClientError) -> ResponseHead {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> Result<ResponseHead, HTTPClientError>? in
                    if let head = state.head { return .success(head) }
                    if let outcome = state.outcome { return .failure(Self.failure(of: outcome)) }
                    state.headWaiter = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            end(with: .failure(.cancelled))
        }
        return try result.get()
    }

    /// Takes everything received so far, waiting when that is nothing.
    /// - Returns: `nil` after the last byte.
    /// - Throws: what ended the transfer; cancelling the task ends it too.
    func nextChunk() async throws(HTTPClientError) -> Bytes? {
        if Task.isCancelled {
            end(with: .failure(.cancelled))
            throw .cancelled
        }
        if let ready = takeReceived() { return try ready.get() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let ready = takeReceived(orWait: continuation) { continuation.resume(returning: ready) }
            }
        } onCancel: {
            end(with: .failure(.cancelled))
        }
        return try result.get()
    }

    private func takeReceived(
        orWait continuation: CheckedContinuation<Result<Bytes?, HTTPClientError>, Never>? = nil
    ) -> Result<Bytes?, HTTPClientError>? {
        var wasPaused = false
        let taken = state.withLock { state -> Result<Bytes?, HTTPClientError>? in
            if !state.received.isEmpty {
                wasPaused = state.isReceivePaused
                let chunk = state.received
                state.received = []
                return .success(chunk)
            }
            if let outcome = state.outcome { return outcome.map { nil } }
            precondition(state.chunkWaiter == nil, "a response body has one reader at a time")
            state.chunkWaiter = continuation
            return nil
        }
        if wasPaused { requestAttention() }
        return taken
    }
}
