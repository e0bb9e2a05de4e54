import Primitives
import Synchronization

/// The sending side: filled by a task that asks the body's source, emptied by the loop's thread.
extension Transfer {
    /// Why libcurl, asking for bytes of the body, gets none.
    enum Interruption: Error {
        /// Ask again once the source has given more.
        case pause
        case abort
    }

    /// - Returns: how many bytes were written; zero at the body's end.
    func provideBody(into destination: UnsafeMutableRawBufferPointer) -> Result<Int, Interruption> {
        var room: CheckedContinuation<Bool, Never>?
        var needsPump = false
        let size = destination.count
        let bytes = state.withLock { state -> Result<ArraySlice<UInt8>, Interruption> in
            guard state.outcome == nil else { return .failure(.abort) }
            state.lastProgress = .now
            let bytes = state.upload.take(atMost: size)
            if state.upload.count < capacity { room = state.upload.takeWaiter() }
            if !bytes.isEmpty || state.upload.isComplete { return .success(bytes) }
            state.isSendPaused = true
            needsPump = state.pump == nil
            return .failure(.pause)
        }
        room?.resume(returning: true)
        if needsPump { startPump() }
        return bytes.map { bytes in
            bytes.withUnsafeBytes { destination.copyMemory(from: $0) }
            return bytes.count
        }
    }

    /// Goes back to the body's beginning for libcurl's own repetition.
    /// - Returns: false when a part is already gone.
    func rewindBody() -> Bool {
        state.withLock { $0.outcome == nil && $0.upload.rewind() }
    }

    /// The pump belongs to the transfer: whatever ends the transfer cancels it.
    private func startPump() {
        let pump = Task { await self.pump() }
        let isLate = state.withLock { state in
            guard state.outcome == nil else { return true }
            state.pump = pump
            return false
        }
        if isLate { pump.cancel() }
    }

    private func pump() async {
        let read = order.body.makeReader()
        var position: Int64 = 0
        do {
            while let chunk = try await read(position) {
                position += Int64(chunk.count)
                if let length = order.body.length, position > length { throw wrongLength(position) }
                guard await offer(chunk) else { return }
            }
            if let length = order.body.length, position != length { throw wrongLength(position) }
            finishUpload()
        } catch let error as HTTPClientError {
            end(with: .failure(error))
        } catch {
            end(with: .failure(.uploadFailed("the request body could not be read: \(error)")))
        }
    }

    private func wrongLength(_ count: Int64) -> HTTPClientError {
        .uploadFailed("the request body has \(count) bytes or more, not the \(order.body.length ?? 0) announced")
    }

    /// - Returns: false when the transfer has ended.
    private func offer(_ chunk: Bytes) async -> Bool {
        var isAwaited = false
        let isFull = state.withLock { state -> Bool? in
            guard state.outcome == nil else { return nil }
            guard !chunk.isEmpty else { return false }
            state.upload.append(chunk)
            isAwaited = state.isSendPaused
            return state.upload.count >= capacity
        }
        if isAwaited { requestAttention() }
        guard let isFull else { return false }
        return isFull ? await room() : true
    }

    private func room() async -> Bool {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Bool? in
                guard state.outcome == nil else { return false }
                guard state.upload.count >= capacity else { return true }
                state.upload.wait(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    private func finishUpload() {
        let isAwaited = state.withLock { state in
            state.upload.complete()
            return state.isSendPaused
        }
        if isAwaited { requestAttention() }
    }
}
