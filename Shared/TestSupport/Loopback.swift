import Glibc

/// Sockets on 127.0.0.1, and the addresses beside it.
package enum Loopback {
    package struct Failure: Error, CustomStringConvertible {
        package let errno: Int32

        package init(errno: Int32) { self.errno = errno }

        package var description: String { String(cString: strerror(errno)) }
    }

    /// A socket that has a port and does not listen.
    /// - Parameter port: one that nobody has, by default.
    /// - Throws: `Failure`, for example when somebody listens there.
    package static func bound(to host: String = "127.0.0.1", port: Int = 0) throws -> (descriptor: Int32, port: Int) {
        let descriptor = make()
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var bound = port
        let isBound = withAddress(host, port) { address, size in
            var size = size
            guard bind(descriptor, address, size) == 0, getsockname(descriptor, address, &size) == 0 else { return false }
            bound = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
            return true
        }
        guard isBound else { throw failure(closing: descriptor) }
        return (descriptor, bound)
    }

    /// A socket that listens.
    package static func listen(on host: String = "127.0.0.1", backlog: Int32 = 64) throws -> (descriptor: Int32, port: Int) {
        let (descriptor, port) = try bound(to: host)
        guard Glibc.listen(descriptor, backlog) == 0 else { throw failure(closing: descriptor) }
        return (descriptor, port)
    }

    /// A socket that is connected.
    /// - Parameters:
    ///   - isNonBlocking: returns while the connection is still being made.
    ///   - prepare: sets options of the socket before.
    package static func connect(
        to port: Int, isNonBlocking: Bool = false, prepare: (_ descriptor: Int32) -> Void = { _ in }
    ) throws -> Int32 {
        let descriptor = make(isNonBlocking: isNonBlocking)
        prepare(descriptor)
        let status = withAddress("127.0.0.1", port) { Glibc.connect(descriptor, $0, $1) }
        guard status == 0 || isNonBlocking && errno == EINPROGRESS else { throw failure(closing: descriptor) }
        return descriptor
    }

    /// Whether somebody listens.
    package static func accepts(_ port: Int) -> Bool {
        guard let descriptor = try? connect(to: port) else { return false }
        close(descriptor)
        return true
    }

    /// Whether nobody listens.
    package static func isFree(_ port: Int) -> Bool {
        guard let (descriptor, _) = try? bound(port: port) else { return false }
        close(descriptor)
        return true
    }

    private static func withAddress<Result>(
        _ host: String, _ port: Int, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(host)
        address.sin_port = in_port_t(port).bigEndian
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private static func make(isNonBlocking: Bool = false) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return socket(AF_INET, kind | (isNonBlocking ? Int32(SOCK_NONBLOCK.rawValue) : 0), 0)
    }

    private static func failure(closing descriptor: Int32) -> Failure {
        defer { close(descriptor) }
        return Failure(errno: errno)
    }
}

/// A port that is bound but not listened on: nobody else is given it, and connecting to it is refused, until a server that also asks
/// for reuse listens there. So a server can go away and come back, and no other takes its place meanwhile.
package final class ReservedPort: Sendable {
    package let number: Int
    private let descriptor: Int32

    package var url: String { "http://127.0.0.1:\(number)" }

    package init() throws { (descriptor, number) = try Loopback.bound() }

    deinit { close(descriptor) }
}
