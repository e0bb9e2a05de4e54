import CLinux
import Glibc
import Primitives

/// The server's side of SOCKS 5 as far as a job's process needs it: connections by name or address, without a password (RFC 1928).
/// Its sockets do not block; its calls do.
enum SOCKS {
    /// How long the process may take to say what it wants, seconds.
    private static let patience = 10.0
    private static let version = UInt8(5)

    /// Reads which server is wanted, and says why not where that can not be told (sections 3 to 5).
    /// - Returns: `nil` when the process has said nothing that makes sense, or not in time.
    static func request(on socket: Int32) -> PeerAddress? {
        let end = ContinuousClock.now + .seconds(patience)
        func take(_ count: Int) -> Bytes? { read(count, from: socket, until: end) }
        guard let greeting = take(2), greeting[0] == version, let methods = take(Int(greeting[1])) else { return nil }
        let isOpen = methods.contains(0)
        guard SocketRelay.send([version, isOpen ? 0 : 0xFF], to: socket), isOpen, let head = take(4), head[0] == version else {
            return nil
        }
        guard head[1] == 1 else {
            answer(.commandNotSupported, on: socket)
            return nil
        }
        let host: String
        switch head[3] {
        case 1:
            guard let address = take(4) else { return nil }
            host = address.map { "\($0)" }.joined(separator: ".")
        case 3:
            guard let length = take(1), let name = take(Int(length[0])), let text = String(validating: name, as: UTF8.self),
                !text.isEmpty, !text.utf8.contains(0)
            else { return nil }
            host = text
        case 4:
            guard let address = take(16) else { return nil }
            host = stride(from: 0, to: 16, by: 2).map { String(UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]), radix: 16) }
                .joined(separator: ":")
        default:
            answer(.addressNotSupported, on: socket)
            return nil
        }
        guard let port = take(2) else { return nil }
        return PeerAddress(host: host, port: Int(port[0]) << 8 | Int(port[1]))
    }

    /// Says that the connection stands.
    /// - Returns: whether the process has taken it.
    static func accept(on socket: Int32) -> Bool { answer(.succeeded, on: socket) }

    /// Says why it does not.
    static func refuse(_ error: any Error, on socket: Int32) {
        answer((error as? any CodedError)?.code == "refused-address" ? .notAllowed : .hostUnreachable, on: socket)
    }

    /// Section 6.
    private enum Reply: UInt8 {
        case succeeded = 0
        case notAllowed = 2
        case hostUnreachable = 4
        case commandNotSupported = 7
        case addressNotSupported = 8
    }

    /// The address that it is bound to concerns nobody: 0.0.0.0:0.
    @discardableResult
    private static func answer(_ reply: Reply, on socket: Int32) -> Bool {
        SocketRelay.send([version, reply.rawValue, 0, 1, 0, 0, 0, 0, 0, 0], to: socket)
    }

    private static func read(_ count: Int, from socket: Int32, until end: ContinuousClock.Instant) -> Bytes? {
        var (bytes, buffer) = (Bytes(), Bytes(repeating: 0, count: max(1, count)))
        while bytes.count < count {
            let taken = Glibc.read(socket, &buffer, count - bytes.count)
            if taken > 0 {
                bytes += buffer[..<taken]
                continue
            }
            guard taken < 0, errno == EAGAIN || errno == EINTR, end > .now else { return nil }
            var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            poll(&waiting, 1, Int32(clamping: (end - .now).milliseconds + 1))
        }
        return bytes
    }
}
