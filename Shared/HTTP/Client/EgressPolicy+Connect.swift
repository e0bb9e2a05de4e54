import CCurl
import Glibc
import Primitives

extension EgressPolicy {
    /// Opens a TCP connection for something other than HTTP, to an address that the policy permits. It blocks.
    /// - Parameters:
    ///   - host: a name or an address, without brackets.
    ///   - timeout: for all of the host's addresses together.
    /// - Returns: a socket; whoever gets it closes it.
    /// - Throws: `.nameNotResolved`; `.refusedAddress` when the policy permits none of the addresses; `.connectTimeout` and
    ///   `.connectFailed` as the last address that was tried gave them.
    package func connect(to host: String, port: Int, timeout: Duration) throws(HTTPClientError) -> Int32 {
        let deadline = ContinuousClock.now + timeout
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0 else { throw .nameNotResolved(host: host) }
        defer { freeaddrinfo(found) }
        let entries = sequence(first: found, next: { $0?.pointee.ai_next }).compactMap { $0?.pointee }
        return try connect(to: host, at: entries, by: deadline, timeout)
    }

    /// Tries one address after the other.
    /// - Parameter timeout: what the deadline was made of.
    func connect(
        to host: String, at entries: [addrinfo], by deadline: ContinuousClock.Instant, _ timeout: Duration
    ) throws(HTTPClientError) -> Int32 {
        var (refused, failure): (HTTPClientError?, HTTPClientError?)
        for entry in entries {
            guard let socketAddress = entry.ai_addr else { continue }
            let bytes = UnsafeRawBufferPointer(start: socketAddress, count: Int(entry.ai_addrlen))
            guard let address = IPAddress(bytes, family: entry.ai_family) else { continue }
            guard permits(host: host, at: address) else {
                refused = .refusedAddress(host: host, address: "\(address)")
                continue
            }
            let socket = Glibc.socket(entry.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0 else {
                failure = .connectFailed(host: host, detail: "no socket: error \(errno)", curlCode: 0)
                continue
            }
            switch Self.connect(socket, socketAddress, entry.ai_addrlen, by: deadline) {
            case 0: return socket
            case ETIMEDOUT: failure = .connectTimeout(host: host, limit: timeout)
            case let number:
                failure = .connectFailed(host: host, detail: String(cString: strerror(number)), curlCode: 0)
            }
            close(socket)
        }
        throw failure ?? refused ?? .nameNotResolved(host: host)
    }

    /// - Returns: 0, or the error's number; the socket blocks afterwards.
    private static func connect(
        _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>, _ length: socklen_t, by deadline: ContinuousClock.Instant
    ) -> Int32 {
        let flags = fcntl(socket, F_GETFL)
        _ = fcntl(socket, F_SETFL, flags | O_NONBLOCK)
        defer { _ = fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) }
        if Glibc.connect(socket, address, length) != 0 {
            // Interrupted, it goes on by itself.
            guard errno == EINPROGRESS || errno == EINTR else { return errno }
            var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            var ready: Int32 = -1
            while ready < 0 {
                ready = poll(&waiting, 1, Int32(clamping: max(0, (deadline - .now).milliseconds)))
                if ready < 0, errno != EINTR { return errno }
            }
            guard ready > 0 else { return ETIMEDOUT }
        }
        var (number, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &size)
        return number
    }
}
