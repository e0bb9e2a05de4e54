import CLinux
import Glibc
import Primitives

/// Socket addresses of the IPv4 and IPv6 families.
enum SocketAddress {
    /// The address without port.
    static func text(of address: sockaddr_storage) -> String {
        withUnsafePointer(to: address) { storage in
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            switch Int32(address.ss_family) {
            case AF_INET:
                storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    var inner = $0.pointee.sin_addr
                    inet_ntop(AF_INET, &inner, &text, socklen_t(text.count))
                }
            case AF_INET6:
                storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    var inner = $0.pointee.sin6_addr
                    inet_ntop(AF_INET6, &inner, &text, socklen_t(text.count))
                }
            default: break
            }
            return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// A listening socket.
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - shared: whether further sockets of this user may listen on the same port, each getting a share of the connections.
    /// - Throws: `HTTPServerError`.
    static func listen(host: String, port: Int, shared: Bool) throws(HTTPServerError) -> (descriptor: Int32, port: Int) {
        guard let (address, length) = parse(host == "localhost" ? "127.0.0.1" : host, port: port) else {
            throw .invalidAddress(host: host, port: port)
        }
        let descriptor = avs_stream_socket(Int32(address.ss_family))
        guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
        do throws(HTTPServerError) {
            _ = avs_set_socket_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if shared { _ = avs_set_socket_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
            var (address, length) = (address, length)
            let bound = withUnsafeMutablePointer(to: &address) { storage in
                storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    bind(descriptor, generic, length) == 0 && Glibc.listen(descriptor, 4096) == 0
                        && getsockname(descriptor, generic, &length) == 0
                }
            }
            guard bound else { throw failure(errno, host: host, port: port) }
            let networkPort = withUnsafePointer(to: &address) { storage in
                // The port stands at the same place in both families.
                storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_port }
            }
            return (descriptor, Int(UInt16(bigEndian: networkPort)))
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func failure(_ code: Int32, host: String, port: Int) -> HTTPServerError {
        switch code {
        case EADDRINUSE: .addressInUse(host: host, port: port)
        case EADDRNOTAVAIL: .invalidAddress(host: host, port: port)
        case EACCES: .permissionDenied(port: port)
        default: .system(call: "bind", errno: code)
        }
    }

    private static func parse(_ host: String, port: Int) -> (sockaddr_storage, socklen_t)? {
        guard let port = UInt16(exactly: port) else { return nil }
        var storage = sockaddr_storage()
        let size: Int? = withUnsafeMutablePointer(to: &storage) { storage in
            let isVersion4 = storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                $0.pointee.sin_family = sa_family_t(AF_INET)
                $0.pointee.sin_port = port.bigEndian
                return inet_pton(AF_INET, host, &$0.pointee.sin_addr) == 1
            }
            if isVersion4 { return MemoryLayout<sockaddr_in>.size }
            let isVersion6 = storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                $0.pointee = sockaddr_in6()
                $0.pointee.sin6_family = sa_family_t(AF_INET6)
                $0.pointee.sin6_port = port.bigEndian
                return inet_pton(AF_INET6, host, &$0.pointee.sin6_addr) == 1
            }
            return isVersion6 ? MemoryLayout<sockaddr_in6>.size : nil
        }
        return size.map { (storage, socklen_t($0)) }
    }
}
