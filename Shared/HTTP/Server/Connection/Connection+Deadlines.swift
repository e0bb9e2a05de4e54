import HTTP
import Primitives

extension Connection {
    func updateDeadline() {
        setDeadline(min(readDeadline, writeDeadline, heartbeatTime))
    }

    func dealWithDeadlines() {
        let now = loop.now
        if writeDeadline <= now {
            ServerContext.log.debug("a client stopped reading its response", ["client": .string(remoteAddress)])
            return abort()
        }
        if readDeadline <= now {
            readDeadline = EventLoop.never
            readTimedOut()
        }
        if heartbeatTime <= now && !isRetired { heartbeat() }
        if !isRetired { updateDeadline() }
    }

    private func readTimedOut() {
        switch phase {
        case .head where input.isEmpty:
            abort()
        case .head:
            reject(Problem(status: .requestTimeout, code: "header-timeout", "the request's header did not arrive in time"))
        case .body:
            guard let incoming = exchange?.incoming else { return abort() }
            incoming.fail(Problem(status: .requestTimeout, code: "body-timeout", "the request's body stopped arriving"))
        case .webSocket(let session):
            session.timedOut()
        case .lingering:
            abort()
        case .complete:
            break
        }
    }

    private func heartbeat() {
        heartbeatTime = EventLoop.never
        if case .webSocket(let session) = phase {
            session.heartbeat()
        } else {
            exchange?.outgoing?.heartbeat()
        }
    }

    /// Plans the next sign of life, counted from now.
    func planHeartbeat() {
        heartbeatTime = loop.now + limits.heartbeatInterval
        updateDeadline()
    }
}
