import Glibc
import Primitives

/// Why a server could not start.
package enum HTTPServerError: CodedError {
    /// Another process listens there.
    case addressInUse(host: String, port: Int)
    /// The host is no IPv4 or IPv6 address of this machine, or the port is out of range.
    case invalidAddress(host: String, port: Int)
    /// The process may not listen on that port.
    case permissionDenied(port: Int)
    case alreadyStarted
    /// A system call failed.
    case system(call: String, errno: Int32)

    package var code: String {
        switch self {
        case .addressInUse: "address-in-use"
        case .invalidAddress: "invalid-address"
        case .permissionDenied: "permission-denied"
        case .alreadyStarted: "already-started"
        case .system: "system-error"
        }
    }

    package var message: String {
        switch self {
        case .addressInUse(let host, let port): "something already listens on \(host) port \(port); stop it or choose another port"
        case .invalidAddress(let host, let port): "\(host) port \(port) is no address of this machine to listen on"
        case .permissionDenied(let port): "this process may not listen on port \(port); choose one above 1023"
        case .alreadyStarted: "the server has been started before; make a new one"
        case .system(let call, let errno): "\(call) failed: \(String(cString: strerror(errno)))"
        }
    }
}
