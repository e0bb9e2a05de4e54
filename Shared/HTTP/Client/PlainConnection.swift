import CLinux
import Glibc
import HTTP
import Primitives
import Synchronization

/// A connection that carries out one transfer after the other in HTTP/1.1 without encryption, as a guest of an event loop.
// Safe to share: touched only on the loop's thread.
final class PlainConnection: LoopGuest, @unchecked Sendable {
    /// What came of an event.
    enum Outcome {
        case goesOn
        /// The transfer has its outcome.
        case ended(mayServeAgain: Bool)
        /// The peer had closed the kept connection before it saw the request.
        case stale
    }

    /// Where many streams of events come on one loop, each is read once in such a time: what comes by the token, every few
    /// milliseconds, then costs the reading and writing of some tokens together. Nobody sees the difference; the first one is
    /// never kept waiting.
    private static let round = Duration.milliseconds(20)
    /// How long a connection may have been idle to be used again; as with libcurl's.
    private static let longestIdle = Duration.seconds(50)

    let peer: PlainPeer
    private let descriptor: Int32
    private unowned let transfers: PlainTransfers
    private var seat: (any LoopSeat)?
    private(set) var transfer: Transfer?
    /// Until when the connection must stand; `nil` once it does.
    private(set) var connectDeadline: ContinuousClock.Instant?
    private var idleSince = ContinuousClock.now
    private var hasServed = false
    /// Whether the rest of a stream waits in the socket for the next round.
    private var isResting = false

    // The exchange under way:
    private var output = Bytes()
    private var sent = 0
    private var hasAnswered = false
    /// The beginning of a header line.
    private var line = Bytes()
    private var body: PlainBody?
    private var keepsAlive = false
    private var isEventStream = false
    /// Bytes of the body that the reader has no room for.
    private var held = Bytes()

    /// Opens a socket and begins to connect.
    /// - Parameter transfers: told of what comes of events.
    /// - Throws: `.connectFailed`.
    init(
        to peer: PlainPeer, _ url: RequestURL, timeout: Duration, transfers: PlainTransfers, on host: any HostLoop
    ) throws(HTTPClientError) {
        (self.peer, self.transfers) = (peer, transfers)
        descriptor = avs_stream_socket(peer.address.family)
        guard descriptor >= 0 else { throw Self.failure(url, errno: errno) }
        _ = avs_set_socket_option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        _ = avs_set_socket_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        let status = peer.address.withSocketAddress(port: UInt16(url.port) ?? 80) { connect(descriptor, $0, $1) }
        let isOpen = status == 0 || errno == EINPROGRESS
        if isOpen { seat = host.seat(self, descriptor: descriptor) }
        guard seat != nil else {
            let error = errno
            _ = Glibc.close(descriptor)
            throw Self.failure(url, errno: error)
        }
        if status != 0 { connectDeadline = .now + timeout }
    }

    /// Whether a kept connection can take a request: young, and the peer has neither closed it nor said something unasked.
    var isUsable: Bool {
        var byte: UInt8 = 0
        return idleSince + Self.longestIdle > .now && recv(descriptor, &byte, 1, Int32(truncatingIfNeeded: MSG_PEEK)) < 0
            && errno == EAGAIN
    }

    /// Takes a transfer on.
    func begin(_ transfer: Transfer) -> Outcome {
        self.transfer = transfer
        output = PlainRequest.bytes(transfer.order)
        (sent, hasAnswered, body, keepsAlive, isEventStream) = (0, false, nil, false, false)
        line.removeAll(keepingCapacity: true)
        guard connectDeadline == nil else {
            seat?.watch(input: false, output: true)
            return .goesOn
        }
        return connected()
    }

    func descriptorReady(isReadable: Bool, isWritable: Bool) {
        transfers.conclude(ready(isReadable, isWritable), self)
    }

    /// A round has ended.
    func timePassed() {
        guard isResting, transfer != nil else { return }
        isResting = false
        let outcome = receive()
        // Nothing more came: the next is read when it is there.
        if case .goesOn = outcome, !isResting, held.isEmpty { seat?.watch(input: true, output: sent < output.count) }
        transfers.conclude(outcome, self)
    }

    private func ready(_ isReadable: Bool, _ isWritable: Bool) -> Outcome {
        guard transfer != nil else { return .ended(mayServeAgain: false) }
        if connectDeadline != nil { return connectEnded() }
        if isWritable, sent < output.count, case .ended(let again) = send() { return .ended(mayServeAgain: again) }
        // While the reader has no room, what comes waits in the socket.
        return isReadable && held.isEmpty ? receive() : .goesOn
    }

    /// The reader has room again.
    func resume() -> Outcome {
        guard !held.isEmpty else { return .goesOn }
        let piece = held
        held = []
        return deliver(piece)
    }

    /// Ends the exchange with the connection.
    func close() {
        seat?.leave()
        (seat, transfer) = (nil, nil)
    }

    /// Keeps the connection for another transfer.
    func rest() {
        (transfer, output, held, hasServed, idleSince, isResting) = (nil, [], [], true, .now, false)
        seat?.watch(input: true, output: false)
    }

    func end(_ error: HTTPClientError) -> Outcome {
        transfer?.settle(.failure(error))
        return .ended(mayServeAgain: false)
    }

    // MARK: Sending

    private func connectEnded() -> Outcome {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        guard error == 0 else {
            return end(Self.failure(transfer?.order.url, errno: error))
        }
        connectDeadline = nil
        return connected()
    }

    private func connected() -> Outcome {
        guard transfer?.begin(at: peer.address, peer.addressText) == true else { return .ended(mayServeAgain: true) }
        seat?.flushSoon()
        return .goesOn
    }

    func flush() {
        if transfer != nil, sent < output.count { transfers.conclude(send(), self) }
    }

    private func send() -> Outcome {
        let count = output.withUnsafeBytes { avs_send(descriptor, $0.baseAddress! + sent, $0.count - sent, 0) }
        if count >= 0 {
            sent += count
            if sent < output.count { transfer?.state.withLock { $0.lastProgress = .now } }
        } else if errno != EAGAIN && errno != EINTR {
            return lost("it can not be written to")
        }
        let isSent = sent == output.count
        // Not held while the answer is waited for, which can be long.
        if isSent { (output, sent) = ([], 0) }
        seat?.watch(input: true, output: !isSent)
        return .goesOn
    }

    // MARK: Receiving

    private func receive() -> Outcome {
        let buffer = transfers.buffer
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .goesOn : lost("it was reset") }
        if count == 0 {
            guard body?.endsWithConnection == true else { return lost("the peer closed it before the answer was complete") }
            transfer?.settle(.success(()))
            return .ended(mayServeAgain: false)
        }
        hasAnswered = true
        let bytes = UnsafeRawBufferPointer(start: buffer.baseAddress, count: count)
        guard !line.isEmpty else { return take(bytes) }
        let begun = line + bytes
        line = []
        return begun.withUnsafeBytes { take($0) }
    }

    /// Takes bytes of the answer, of head and body as they come.
    private func take(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        do { return try read(bytes) } catch { return end(error) }
    }

    private func read(_ bytes: UnsafeRawBufferPointer) throws(HTTPClientError) -> Outcome {
        var bytes = bytes
        if body == nil {
            guard let transfer, let (used, head) = transfer.receiveHead(bytes) else { return .ended(mayServeAgain: false) }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[used...])
            guard let head else {
                line = Bytes(bytes)
                let limit = transfer.order.configuration.headerLimit
                return line.count > limit.bytes ? end(.headersTooLarge(limit: limit)) : .goesOn
            }
            body = try PlainBody(of: head, method: transfer.order.method)
            isEventStream = head.headers["Content-Type"]?.hasPrefix("text/event-stream") == true
            let wish = head.headers["Connection"] ?? "keep-alive"
            let mustClose = wish != "keep-alive" && head.headers.list("Connection").contains { $0.lowercased() == "close" }
            keepsAlive = head.version == .http11 && !mustClose
        }
        var piece = Bytes()
        piece.reserveCapacity(bytes.count)
        let used = try body?.decode(bytes, into: &piece) ?? 0
        // What comes unasked behind an answer must not become the next one.
        if used < bytes.count { keepsAlive = false }
        return deliver(piece)
    }

    private func deliver(_ piece: Bytes) -> Outcome {
        guard let transfer else { return .ended(mayServeAgain: false) }
        if !piece.isEmpty {
            switch transfer.receiveBody(piece) {
            case .taken: break
            case .abort: return .ended(mayServeAgain: false)
            case .pause:
                held = piece
                seat?.watch(input: false, output: false)
                return .goesOn
            }
        }
        guard body?.isDone == true else {
            // What fills the buffer is more than a round of events: the rest of it waits already.
            isResting = isEventStream && !piece.isEmpty && piece.count < transfers.buffer.count / 2 && transfers.isCrowded
            seat?.watch(input: !isResting, output: sent < output.count)
            if isResting { seat?.wake(afterRoundOf: Self.round) }
            return .goesOn
        }
        transfer.settle(.success(()))
        return .ended(mayServeAgain: keepsAlive && sent == output.count)
    }

    private func lost(_ reason: String) -> Outcome {
        if hasServed, !hasAnswered { return .stale }
        return end(.connectionLost(detail: reason, curlCode: 0))
    }

    private static func failure(_ url: RequestURL?, errno: Int32) -> HTTPClientError {
        .connectFailed(host: url?.host ?? "", detail: String(cString: strerror(errno)), curlCode: 0)
    }
}

extension IPAddress {
    var family: Int32 {
        switch value {
        case .v4: AF_INET
        case .v6: AF_INET6
        }
    }

    /// Lends the address in the kernel's form.
    func withSocketAddress<T>(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        switch value {
        case .v4(let bits):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = bits.bigEndian
            return Self.lend(&address, body)
        case .v6(let high, let low):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { bytes in
                bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return Self.lend(&address, body)
        }
    }

    private static func lend<Address, T>(_ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
        }
    }
}
