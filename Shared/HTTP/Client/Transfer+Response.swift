import Glibc
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

    /// Takes whole lines, up to the end of the head.
    /// - Returns: how many bytes they have, and the head once it is complete; `nil` when the transfer has ended.
    func receiveHead(_ bytes: UnsafeRawBufferPointer) -> (used: Int, head: ResponseHead?)? {
        enum Step {
            case taken(Int)
            case head(Int, ResponseHead, CheckedContinuation<Result<ResponseHead, HTTPClientError>, Never>?)
            case failed(HTTPClientError)
        }
        let step = state.withLock { state -> Step? in
            guard state.outcome == nil else { return nil }
            state.lastProgress = .now
            var used = 0
            while let base = bytes.baseAddress, let end = memchr(base + used, 10, bytes.count - used) {
                let next = UnsafeRawPointer(end) - base + 1
                let step = state.parser.take(UnsafeRawBufferPointer(rebasing: bytes[used..<next]))
                used = next
                switch step {
                case .more: continue
                case .failed(let error): return .failed(error)
                case .head(let head):
                    state.head = head
                    return .head(used, head, state.headWaiter.take())
                }
            }
            return .taken(used)
        }
        switch step {
        case nil: return nil
        case .taken(let used): return (used, nil)
        case .head(let used, let head, let waiter):
            waiter?.resume(returning: .success(head))
            return (used, head)
        case .failed(let error):
            settle(.failure(error))
            return nil
        }
    }

    func receiveBody(_ bytes: Bytes) -> Reception {
        var reader: CheckedContinuation<Result<Bytes?, HTTPClientError>, Never>?
        var isTooMuchToDiscard = false
        let reception = state.withLock { state -> Reception in
            guard state.outcome == nil else { return .abort }
            state.lastProgress = .now
            if let allowance = state.discardAllowance {
                state.discardAllowance = allowance - bytes.count
                isTooMuchToDiscard = allowance < bytes.count
                return isTooMuchToDiscard ? .abort : .taken
            }
            reader = state.chunkWaiter.take()
            if reader != nil { return .taken }
            guard state.received.count < capacity else {
                state.isReceivePaused = true
                return .pause
            }
            if state.received.isEmpty { state.received = bytes } else { state.received.append(contentsOf: bytes) }
            return .taken
        }
        if isTooMuchToDiscard { settle(.failure(.cancelled)) }
        reader?.resume(returning: .success(bytes))
        return reception
    }

    /// What is still to be read, when all of it is there.
    func takeWhole(upTo limit: ByteSize) -> Bytes? {
        state.withLock { state in
            guard case .success = state.outcome, state.received.count <= limit.bytes else { return nil }
            defer { state.received = [] }
            return state.received
        }
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
