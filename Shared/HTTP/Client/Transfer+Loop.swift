import Primitives
import Synchronization

/// What only the loop's thread asks and tells.
extension Transfer {
    enum Attention {
        case nothing
        case remove
        /// Tell libcurl which directions stay paused.
        case unpause(receivePaused: Bool, sendPaused: Bool)
    }

    /// Answers the transfer's own request for attention.
    func takeAttention() -> Attention {
        state.withLock { state in
            state.isAwaitingAttention = false
            guard state.outcome == nil else { return .remove }
            let before = (state.isReceivePaused, state.isSendPaused)
            if state.received.isEmpty { state.isReceivePaused = false }
            if state.upload.count > 0 || state.upload.isComplete { state.isSendPaused = false }
            guard before != (state.isReceivePaused, state.isSendPaused) else { return .nothing }
            state.lastProgress = .now
            return .unpause(receivePaused: state.isReceivePaused, sendPaused: state.isSendPaused)
        }
    }

    /// Ends the transfer when its time is up.
    /// - Returns: when to look again; `nil` when it has ended.
    func checkTime(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        enum Verdict {
            case again(ContinuousClock.Instant)
            case over(HTTPClientError)
        }
        let verdict = state.withLock { state -> Verdict? in
            guard state.outcome == nil else { return nil }
            if now >= state.deadline { return .over(.deadlineExceeded(limit: order.deadlineLimit)) }
            // Before the request begins the connect timeout rules; while one of ours makes the peer wait, the deadline does.
            let isPeersTurn = state.beginnings > 0 && !state.isReceivePaused && !state.isSendPaused
            let responseTimeout = order.responseTimeout ?? order.idleTimeout
            let limit = state.head == nil ? responseTimeout : order.idleTimeout
            // When the head comes in between, the other limit must be seen in time.
            let nextLook = min(state.deadline, now + min(order.idleTimeout, responseTimeout))
            guard isPeersTurn else { return .again(nextLook) }
            let idleEnd = state.lastProgress + limit
            return now >= idleEnd ? .over(.idleTimeout(limit: limit)) : .again(min(nextLook, idleEnd))
        }
        switch verdict {
        case .again(let instant): return instant
        case .over(let error):
            settle(.failure(error))
            return nil
        case nil: return nil
        }
    }

    /// Judges an address about to be connected to.
    func permitsConnection(to address: IPAddress?) -> Bool {
        let isPermitted = address.map { order.configuration.egress.permits(host: order.url.host, at: $0) } ?? false
        state.withLock { state in
            if isPermitted {
                state.openedConnection = true
            } else {
                state.refusedAddress = address?.description ?? "an unknown kind of address"
            }
        }
        return isPermitted
    }

    /// The request is about to go out on a connection, new or kept.
    /// - Parameters:
    ///   - address: the peer's; `nil` when its text can not be read.
    ///   - text: the same as text.
    /// - Returns: whether it may.
    func begin(at address: IPAddress?, _ text: String) -> Bool {
        guard let address, order.configuration.egress.permits(host: order.url.host, at: address) else {
            settle(.failure(.refusedAddress(host: order.url.host, address: text)))
            return false
        }
        // libcurl repeats a request whose kept connection died before an answer, whatever the method and whatever it has taken
        // of the body. The peer may have acted on it already (RFC 9110, section 9.2.2).
        let mayBegin = state.withLock { state in
            state.beginnings += 1
            state.remoteAddress = text
            state.lastProgress = .now
            return state.beginnings == 1 || order.isRepeatable && state.upload.rewind()
        }
        if mayBegin {
            order.departure?.leave()
        } else {
            settle(.failure(.connectionLost(detail: "it closed before the answer; the request is not safe to repeat", curlCode: 0)))
        }
        return mayBegin
    }
}
