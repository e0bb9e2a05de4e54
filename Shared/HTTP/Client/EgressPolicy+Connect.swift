import CCurl
import Glibc
import Primitives

extension EgressPolicy {
    /// Opens a TCP connection for something other than HTTP, to an address that the policy permits. It blocks.
    /// - Parameters:
    ///   - host: a name or an address, without brackets.
    ///   - timeout: for each of the host's addresses.
    /// - Returns: a socket; whoever gets it closes it.
    /// - Throws: `.nameNotResolved`, `.refusedAddress`, `.connectTimeout`, `.connectFailed`.
    package func connect(to host: String, port: Int, timeout: Duration) throws(HTTPClientError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0 else { throw .nameNotResolved(host: host) }
        defer { freeaddrinfo(found) }
        var failure = HTTPClientError.nameNotResolved(host: host)
        for entry in sequence(first: found, next: { $0?.pointee.ai_next }) {
            guard let entry = entry?.pointee, let socketAddress = entry.ai_addr else { break }
            let bytes = UnsafeRawBufferPointer(start: socketAddress, count: Int(entry.ai_addrlen))
            guard let address = IPAddress(bytes, family: entry.ai_family) else { continue }
            guard permits(host: host, at: address) else {
                failure = .refusedAddress(host: host, address: "\(address)")
                continue
            }
            let socket = Glibc.socket(entry.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0 else { throw .connectFailed(host: host, detail: "no socket: error \(errno)", curlCode: 0) }
            switch Self.connect(socket, socketAddress, entry.ai_addrlen, timeout) {
            case 0: return socket
            case ETIMEDOUT: failure = .connectTimeout(host: host, limit: timeout)
            case let number:
                failure = .connectFailed(host: host, detail: String(cString: strerror(number)), curlCode: 0)
            }
            close(socket)
        }
        throw failure
    }

    /// - Returns: 0, or the error's number; the socket blocks afterwards.
    private static func connect(
        _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>, _ length: socklen_t, _ timeout: Duration
    ) -> Int32 {
        let flags = fcntl(socket, F_GETFL)
        _ = fcntl(socket, F_SETFL, flags | O_NONBLOCK)
        defer { _ = fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) }
        if Glibc.connect(socket, address, length) != 0 {
            guard errno == EINPROGRESS else { return errno }
            var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            guard poll(&waiting, 1, Int32(clamping: timeout.milliseconds)) > 0 else { return ETIMEDOUT }
        }
        var (number, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &size)
        return number
    }
}
